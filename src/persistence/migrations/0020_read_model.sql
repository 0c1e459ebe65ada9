-- The read model: history as rows, written by the follower alone and derived from the journal alone.
-- Integers as in the engine: money in micros, sizes in lots, prices in ticks or millionths, times in ms since 1970 UTC.
-- Sides, outcomes and prices are those of the book (mirrored says that the client spoke of the other outcome).
create schema if not exists brier;

-- How far the rows are. Changed by the same statement as they: whoever reads seq here finds every row up to it.
create table brier.read_model_head (
  shard integer primary key,
  seq bigint not null,
  -- The engine's rolling digest after seq, uint32.
  digest bigint not null
);

create table brier.markets (
  market integer primary key,
  slug text not null unique,
  -- 0 book, 1 lmsr, 2 hybrid
  type smallint not null,
  outcomes smallint not null,
  tick_size integer not null,
  -- b of an LMSR market, in lots
  liquidity bigint not null,
  dispute_window bigint not null,
  -- JSON as the engine got it: title, criteria and their hash, source, category, names of the outcomes.
  definition text not null,
  created_seq bigint not null,
  created_at bigint not null,
  seq bigint not null,
  changed_at bigint not null,
  -- index of open, halted, closed, proposed, disputed, resolved, voided
  status smallint not null,
  close_time bigint not null,
  dispute_until bigint not null,
  -- Ticks paid per lot of each outcome; null before a proposal.
  payouts integer[],
  -- In millionths, -1 none, with the index of none, mid, last, amm; null before the close.
  closing_prices integer[],
  closing_sources integer[],
  resolved_at bigint,
  reason text not null,
  -- Settlement: steps done, steps in all, micros paid.
  settled integer not null,
  settlement_steps integer not null,
  paid bigint not null
);
create index markets_resolved on brier.markets (resolved_at, market) where resolved_at is not null;

create table brier.orders (
  order_id bigint primary key,
  -- One order at most for each command: it pages an account's orders.
  created_seq bigint not null,
  created_at bigint not null,
  seq bigint not null,
  filled_micros bigint not null,
  fees bigint not null,
  account integer not null,
  market integer not null,
  price integer not null,
  size integer not null,
  filled integer not null,
  outcome smallint not null,
  side smallint not null,
  type smallint not null,
  tif smallint not null,
  -- 0 open, 1 filled, 2 canceled
  status smallint not null,
  reason smallint not null,
  post_only boolean not null,
  mirrored boolean not null,
  client_order_id text
) with (
  -- Room for the next version of a row on its page: no index has to be touched when an order is filled or ends.
  fillfactor = 70
);
-- None on the open ones alone: an order's end would then touch every index (47 µs of the server an order instead of 29).
-- The engine knows which orders are open.
create index orders_account on brier.orders (account, created_seq desc);
-- A hash of both: a B-tree of the ids cost 3.3 µs a row, as much as the table itself; this costs 1.
create index orders_client_order_id on brier.orders using hash (hashtextextended(client_order_id, account))
  where client_order_id is not null;

-- One row for each side of a trade that has an account.
create table brier.fills (
  trade_id bigint not null,
  order_id bigint not null,
  seq bigint not null,
  time bigint not null,
  micros bigint not null,
  fee bigint not null,
  account integer not null,
  market integer not null,
  price integer not null,
  lots integer not null,
  outcome smallint not null,
  side smallint not null,
  venue smallint not null,
  maker boolean not null,
  mirrored boolean not null,
  primary key (order_id, trade_id)
);
create index fills_account on brier.fills (account, seq desc, trade_id desc);

create table brier.trades (
  trade_id bigint not null,
  seq bigint not null,
  time bigint not null,
  micros bigint not null,
  market integer not null,
  price integer not null,
  lots integer not null,
  outcome smallint not null,
  -- The aggressor's.
  side smallint not null,
  venue smallint not null,
  primary key (market, seq, trade_id)
);

-- Changes of balances; what is only held or released is not one.
create table brier.ledger (
  seq bigint not null,
  time bigint not null,
  delta bigint not null,
  balance bigint not null,
  held bigint not null,
  account integer not null,
  market integer,
  cause smallint not null,
  reference text,
  primary key (account, seq)
);

create table brier.positions (
  shares bigint not null,
  held bigint not null,
  cost bigint not null,
  realized bigint not null,
  seq bigint not null,
  account integer not null,
  market integer not null,
  outcome smallint not null,
  primary key (account, market, outcome)
) with (
  -- Rows change far more often than they come: room for the next version on the same page, so that no index is touched.
  fillfactor = 50
);
create index positions_market on brier.positions (market, outcome, account);

-- Trades of each second, minute and hour (resolution in ms): a wider candle reads few rows, however many trades it had.
create table brier.candles (
  time bigint not null,
  lots bigint not null,
  micros bigint not null,
  market integer not null,
  resolution integer not null,
  open integer not null,
  high integer not null,
  low integer not null,
  close integer not null,
  trades integer not null,
  outcome smallint not null,
  primary key (market, outcome, resolution, time)
);

-- The last price of each second, minute and hour in which it changed; its source is an index of none, mid, last, amm.
create table brier.price_points (
  time bigint not null,
  seq bigint not null,
  market integer not null,
  resolution integer not null,
  millionths integer not null,
  outcome smallint not null,
  source smallint not null,
  primary key (market, outcome, resolution, time)
);
