import { LIMITS } from '../../src/engines/limits.ts';
import { ammLots } from './amm.ts';
import { queueFor, rest, setLegs, setPrice, within } from './book.ts';
import type { PlaceCommand } from './commands.ts';
import { isArmed } from './connections.ts';
import { feeBound } from './fees.ts';
import { checkCollar, checkPosition, checkPrice, checkReduceOnly, checkSize, limitOf } from './limits.ts';
import { take } from './matching.ts';
import { available, cashPerLot, coverOf, endOrder, freeShares, holderOf, openOrdersOf } from './positions.ts';
import {
  accountOf,
  DOLLAR,
  type Done,
  least,
  type Market,
  most,
  type Order,
  opposite,
  refuse,
  refuseLimit,
  remaining,
  type State,
} from './state.ts';
import type { Taking } from './taking.ts';

/** PLACE: the checks in their order, on a state that is thrown away if one of them refuses. */
export function place(state: State, command: PlaceCommand): Done {
  const account = accountOf(state, command.account);
  if (account === undefined) return refuse('NOT_FOUND');
  const known = state.clientIds.find((each) => each.account === command.account && each.id === command.clientId);
  if (known !== undefined) {
    if (known.request !== requestOf(command)) return refuse('CLIENT_ORDER_ID_CONFLICT', 'clientOrderId');
    return { order: known.order, duplicate: true };
  }
  if (account.blocked) return refuse('FORBIDDEN');
  const market = state.markets[command.market];
  if (market === undefined) return refuse('UNKNOWN_MARKET', 'market');
  if (command.outcome < 0 || command.outcome >= market.outcomes) return refuse('UNKNOWN_OUTCOME', 'outcome');

  const { type, tif, side } = command;
  const rests = tif === 'GTC' || tif === 'GTD';
  const { postOnly = false, reduceOnly = false, against = false, expiresAt = 0, maxCost = 0 } = command;
  if (against && market.outcomes === 2) return refuse('INVALID_REQUEST', 'outcome');
  if ((tif === 'GTD') !== expiresAt > 0) return refuse('INVALID_REQUEST', 'expiresAt');
  if (rests && !market.bookOn) return refuse('INVALID_REQUEST', 'tif');
  if (type === 'market' && rests) return refuse('INVALID_REQUEST', 'tif');
  if (postOnly && !rests) return refuse('INVALID_REQUEST', 'postOnly');
  if (maxCost !== 0 && (side === 'sell' || rests)) return refuse('INVALID_REQUEST', 'maxCost');

  const trading = state.time < market.closeTime;
  const collects = trading && market.status === 'halted' && market.auction;
  if (!(trading && market.status === 'open') && !(collects && rests && !postOnly && !reduceOnly))
    return refuse('MARKET_NOT_OPEN', 'market');
  if (tif === 'GTD' && expiresAt <= state.time) return refuse('INVALID_REQUEST', 'expiresAt');

  const order = orderOf(state, market, command);
  if (type === 'limit' || command.price !== 0) {
    const bad = checkPrice(market, command.price) ?? (type === 'limit' ? checkCollar(market, order) : undefined);
    if (bad !== undefined) return bad;
  }
  const openMost = account.openOrders === 0 ? LIMITS.openOrdersPerAccount : account.openOrders;
  const bad =
    checkSize(market, command.size) ??
    (rests && openOrdersOf(state, account.number).length >= openMost
      ? refuseLimit('openOrdersPerAccount', openMost, '')
      : undefined) ??
    checkPosition(state, market, order, order.size) ??
    checkReduceOnly(state, market, order, order.size);
  if (bad !== undefined) return bad;

  const limit = limitOf(market, order);
  const needs = needOf(state, market, order);
  const atLimit = limitNeed(state, market, order, limit);
  if (rests && atLimit > available(state, order.account)) return refuse('INSUFFICIENT_FUNDS', 'size');
  const late = command.deadline !== undefined && command.deadline !== 0 && state.time > command.deadline;
  if (collects) {
    if (late) return refuse('DEADLINE_PASSED', 'deadline');
    admit(state, market, order, command);
    rest(state, market, order);
    order.collected = true;
    return { order: order.id };
  }
  if (postOnly && wouldTrade(state, market, order, limit)) return refuse('POST_ONLY_WOULD_TRADE', 'price');

  const canPay = available(state, order.account);
  const touched = state.orders.filter((each) => each.resting).length;
  admit(state, market, order, command);
  const taking = take(state, order, limit, maxCost === 0 ? undefined : BigInt(maxCost));
  const nothing = taking.filled === 0n && state.orders.filter((each) => each.resting).length === touched;
  // What could not be counted on before has to be paid for at the limit.
  const need = taking.uncertain ? most(needs(taking), atLimit) : needs(taking);
  if (!rests && need > canPay) return refuse('INSUFFICIENT_FUNDS', 'size');
  if (tif === 'FOK' && (taking.filled < BigInt(command.size) || taking.uncertain))
    return refuse('FOK_NOT_FILLED', 'size');
  if (order.stp === 'expire-taker' && taking.filled === 0n && taking.stop === 'SELF_TRADE' && !taking.uncertain)
    return refuse('SELF_TRADE', 'price');
  if (type === 'market' && nothing && order.size === BigInt(command.size)) return refuse('NO_LIQUIDITY', 'size');
  if (late) return refuse('DEADLINE_PASSED', 'deadline');

  if (order.size === 0n) {
    order.size = BigInt(command.size);
    endOrder(state, order, 'canceled', 'SELF_TRADE');
  } else if (remaining(order) === 0n) endOrder(state, order, 'filled');
  else if (taking.stop === 'SELF_TRADE') endOrder(state, order, 'canceled', 'SELF_TRADE');
  else if (taking.stop === 'REDUCE_ONLY') endOrder(state, order, 'canceled', 'REDUCE_ONLY');
  else if (taking.stop === 'FILLS_LIMIT') endOrder(state, order, 'canceled', 'FILLS_LIMIT');
  else if (rests) rest(state, market, order);
  else endOrder(state, order, 'canceled', maxCost !== 0 ? 'MAX_COST' : type === 'market' ? 'NO_LIQUIDITY' : 'IOC');
  return { order: order.id };
}

/** Everything that makes a PLACE the same request. */
const requestOf = (command: PlaceCommand): string =>
  JSON.stringify([
    ...[command.market, command.outcome, command.side, command.type, command.tif, command.stp ?? 'expire-taker'],
    ...[command.postOnly === true, command.reduceOnly === true, command.against === true, command.price, command.size],
    ...[command.maxCost ?? 0, command.expiresAt ?? 0],
  ]);

const bookPrice = (order: Order, price: number): bigint => (order.mirrored ? DOLLAR - BigInt(price) : BigInt(price));

/** The order in the terms of the book that it comes to. */
function orderOf(state: State, market: Market, command: PlaceCommand): Order {
  const shared = market.outcomes === 2 && market.type !== 'lmsr';
  const mirrored = shared ? command.outcome === 1 : command.against === true;
  const order: Order = {
    ...{ id: state.nextOrder, account: command.account, market: market.index },
    outcome: shared ? 0 : command.outcome,
    side: mirrored ? opposite(command.side) : command.side,
    ...{ type: command.type, tif: command.tif, stp: command.stp ?? 'expire-taker' },
    ...{ postOnly: command.postOnly === true, reduceOnly: command.reduceOnly === true, mirrored },
    ...{ price: 0n, size: BigInt(command.size), filled: 0n, filledMicros: 0n, covered: 0n, feeExact: 0n, fees: 0n },
    ...{ status: 'open', reason: undefined, resting: false, collected: false, turn: 0 },
    ...{ expiresAt: command.expiresAt ?? 0, createdAt: state.time, clientId: command.clientId, engineId: 0 },
    group: 0,
    connection: isArmed(state, command.account, command.connection ?? 0) ? (command.connection ?? 0) : 0,
  };
  if (command.type === 'limit' || command.price !== 0) order.price = bookPrice(order, command.price);
  return order;
}

/** The order exists from here on, and its account takes part in the market. */
function admit(state: State, market: Market, order: Order, command: PlaceCommand): void {
  state.nextOrder++;
  state.orders.push(order);
  holderOf(state, market, order.account);
  if (order.clientId === undefined) return;
  const request = requestOf(command);
  state.clientIds.push({
    ...{ account: order.account, id: order.clientId, request, order: order.id, endedAt: undefined, ended: 0 },
  });
}

/** Cash that the order requires if all its lots rest or trade at the limit, with what its fees can be. */
function limitNeed(state: State, market: Market, order: Order, limit: bigint): bigint {
  const cover = coverOf(market, order);
  const free = cover === undefined ? 0n : freeShares(state, market, order.account, cover);
  return cashPerLot(order.side, limit) * most(0n, order.size - free) + feeBound(market, order.size, limit);
}

/** What cash must bear of the trades of an order that does not rest: measured with the free shares before them. */
function needOf(state: State, market: Market, order: Order): (taking: Taking) => bigint {
  const free = Array.from({ length: market.outcomes }, (_, j) => freeShares(state, market, order.account, j));
  const own = free[order.outcome] as bigint;
  const others = least(...free.filter((_, j) => j !== order.outcome));
  return ({ filled, micros, fees }) =>
    order.side === 'buy'
      ? micros + fees - DOLLAR * least(filled + own, others)
      : DOLLAR * most(0n, filled - own) - micros + fees;
}

export function wouldTrade(state: State, market: Market, order: Order, limit: bigint): boolean {
  const { side, outcome } = order;
  const direct = queueFor(state, market, outcome, side)[0];
  const legs = setLegs(state, market, outcome, side);
  if (direct !== undefined && within(side, limit, direct.price)) return true;
  if (legs !== undefined && within(side, limit, setPrice(legs))) return true;
  return ammLots(market, side, outcome, limit, 1n) > 0n;
}
