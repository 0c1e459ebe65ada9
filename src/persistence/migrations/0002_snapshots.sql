-- Snapshots of a shard's state. The payload lies in chunks, which are written first under an id from the sequence; the
-- row here makes them a snapshot, so a half-written one is never seen and no transaction has to span them.
create sequence brier.snapshot_ids;

create table brier.snapshots (
  id bigint primary key,
  shard int not null,
  seq bigint not null,
  format_version int not null,
  engine_version text not null,
  state_hash bytea not null,
  -- Hash of the journal's batch that ends at seq: where a replay goes on.
  journal_hash bytea not null,
  size bigint not null,
  chunk_count int not null,
  -- sha256 of every column above and of the chunks' checksums.
  checksum bytea not null,
  verified boolean not null default false,
  created_at timestamptz not null default now()
);

create index snapshots_newest on brier.snapshots (shard, seq desc, id desc);

create table brier.snapshot_chunks (
  snapshot_id bigint not null,
  chunk_no int not null,
  checksum bytea not null,
  written_at timestamptz not null default now(),
  payload bytea not null,
  primary key (snapshot_id, chunk_no)
);

alter table brier.snapshot_chunks alter column payload set storage external;
