import { LIMITS } from '../../src/engines/limits.ts';
import { NOT_ON_GRID, TOO_LARGE } from '../../src/protocol/units.ts';
import { coverOf, freeShares, openOrdersOf, sharesOf } from './positions.ts';
import {
  ceilDiv,
  type Done,
  floorDiv,
  least,
  type Market,
  most,
  type Order,
  refuse,
  refuseLimit,
  remaining,
  type Side,
  type State,
  sum,
} from './state.ts';

/** A price in the client's terms. */
export function checkPrice(market: Market, price: number): Done | undefined {
  if (price === NOT_ON_GRID) return refuse('PRICE_NOT_ON_TICK', 'price');
  if (price < 1 || price > 9_999) return refuse('PRICE_OUT_OF_RANGE', 'price');
  if (BigInt(price) % market.tickSize !== 0n) return refuse('PRICE_NOT_ON_TICK', 'price');
  return undefined;
}

/** The worst price that the collar lets an order trade at, in ticks of its book; undefined where there is none. */
export function collarOf(market: Market, side: Side, outcome: number): bigint | undefined {
  const last = market.last[outcome];
  if (market.collar === 0n || last === undefined) return undefined;
  return side === 'buy' ? floorDiv(last + market.collar * 100n, 100n) : ceilDiv(last - market.collar * 100n, 100n);
}

export function checkCollar(market: Market, order: Order): Done | undefined {
  const bound = collarOf(market, order.side, order.outcome);
  if (bound === undefined) return undefined;
  if (order.side === 'buy' ? order.price <= bound : order.price >= bound) return undefined;
  return { refused: { code: 'PRICE_OUT_OF_RANGE', field: 'price', value: Number(bound) } };
}

/** The worst price that an order may trade at: of a market order the end of the book, its worst price or the collar. */
export function limitOf(market: Market, order: Order, worst: bigint | undefined): bigint {
  if (order.type === 'limit') return order.price;
  const collar = collarOf(market, order.side, order.outcome);
  const bounds = [worst, collar].filter((bound) => bound !== undefined);
  return order.side === 'buy' ? least(9_999n, ...bounds) : most(1n, ...bounds);
}

export function checkSize(market: Market, size: number): Done | undefined {
  if (size === NOT_ON_GRID) return refuse('SIZE_NOT_ON_LOT', 'size');
  if (size === TOO_LARGE || size > LIMITS.orderLots) return refuseLimit('orderLots', LIMITS.orderLots, 'size');
  if (market.orderLots > 0n && BigInt(size) > market.orderLots)
    return refuseLimit('marketOrderLots', market.orderLots, 'size');
  if (size < 1) return refuse('SIZE_INVALID', 'size');
  return undefined;
}

/** Filled completely, with all other orders of its side, the order could lead to a position beyond the market's limit. */
export function checkPosition(state: State, market: Market, order: Order, lots: bigint): Done | undefined {
  if (market.positionLots === 0n) return undefined;
  const shares = (outcome: number): bigint => sharesOf(market, order.account, outcome);
  const own = shares(order.outcome);
  const held = market.outcomes === 2 ? own - shares(1 - order.outcome) : own;
  const open = openOrdersOf(state, order.account, market).filter(
    (each) => each.id !== order.id && each.side === order.side && each.outcome === order.outcome,
  );
  const exposure = (order.side === 'buy' ? held : -held) + sum(open.map(remaining)) + lots;
  return exposure > market.positionLots ? refuseLimit('positionLots', market.positionLots, 'size') : undefined;
}

/** A reduce-only order sells shares that its account has, and that no other order needs. */
export function checkReduceOnly(state: State, market: Market, order: Order, lots: bigint): Done | undefined {
  if (!order.reduceOnly) return undefined;
  const cover = coverOf(market, order);
  const free = cover === undefined ? 0n : freeShares(state, market, order.account, cover) + order.covered;
  if (lots <= free) return undefined;
  return { refused: { code: 'REDUCE_ONLY_WOULD_INCREASE', field: 'size', value: Number(free) } };
}
