create schema if not exists brier;

-- id is the engine's account number, so numbers are not spent on refused registrations.
create table brier.users (
  id integer generated always as identity primary key,
  username text not null,
  password_hash text not null,
  roles text[] not null default '{trader}',
  -- Tokens carry it; one with another version is refused.
  session_version integer not null default 1,
  -- What registration credits; kept here so that an account whose opening was interrupted still gets it.
  grant_micros bigint not null default 0,
  -- The engine has confirmed the account.
  opened boolean not null default false,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create unique index users_username on brier.users (lower(username));
create index users_changed_at on brier.users (changed_at);

-- One log-in; its refresh tokens follow each other.
create table brier.refresh_families (
  id uuid primary key,
  account integer not null references brier.users,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index refresh_families_account on brier.refresh_families (account, created_at);
create index refresh_families_revoked_at on brier.refresh_families (revoked_at) where revoked_at is not null;

create table brier.refresh_tokens (
  token_hash bytea primary key,
  family uuid not null references brier.refresh_families on delete cascade,
  -- counts up within the family
  generation integer not null default 1,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index refresh_tokens_family on brier.refresh_tokens (family, generation);

create table brier.api_keys (
  id text primary key,
  account integer not null references brier.users,
  name text not null,
  scopes text[] not null,
  -- Addresses and networks it may be used from; empty: from anywhere.
  addresses text[] not null,
  secret_hash bytea not null,
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index api_keys_account on brier.api_keys (account, created_at);
create index api_keys_revoked_at on brier.api_keys (revoked_at) where revoked_at is not null;
