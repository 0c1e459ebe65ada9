-- The shard's end of the journal. One row a shard, changed by every append (a compare-and-swap on epoch, last_seq and
-- last_hash) and by every change of owner (epoch + 1).
create table brier.journal_head (
  shard int primary key,
  epoch bigint not null,
  last_seq bigint not null,
  last_hash bytea not null
) with (
  -- Thousands of updates a second of one row: room for them on its page, and a vacuum that does not wait for a fraction.
  fillfactor = 20,
  autovacuum_vacuum_scale_factor = 0,
  autovacuum_vacuum_threshold = 5000
);

-- One row a batch of commands.
create table brier.journal (
  shard int not null,
  first_seq bigint not null,
  last_seq bigint not null,
  epoch bigint not null,
  prev_hash bytea not null,
  hash bytea not null,
  output_digest bigint not null,
  command_count int not null,
  written_at timestamptz not null default now(),
  payload bytea not null,
  primary key (shard, last_seq),
  check (first_seq >= 1 and last_seq >= first_seq)
);

-- Large batches go out of line uncompressed: compressing costs the writer more than the bytes cost the disk.
alter table brier.journal alter column payload set storage external;
