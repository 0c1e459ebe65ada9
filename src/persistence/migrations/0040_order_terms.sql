-- Terms that came with orders that expire, that only reduce, and that say what happens when they meet one of their own.
-- The orders of one batch share their created_seq: with the order's id it still pages an account's orders.
alter table brier.orders
  -- 0: none
  add column expires_at bigint not null default 0,
  -- index of expire-taker, expire-maker, expire-both, decrement
  add column stp smallint not null default 0,
  add column reduce_only boolean not null default false;
