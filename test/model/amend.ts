import { cancel, rest, shrink, unrest } from './book.ts';
import type { AmendCommand, CancelCommand, Ref } from './commands.ts';
import { feeBound } from './fees.ts';
import { checkCollar, checkPosition, checkPrice, checkReduceOnly, checkSize } from './limits.ts';
import { take } from './matching.ts';
import { wouldTrade } from './place.ts';
import { available, cashPerLot, coverOf, endOrder, freeShares, holdOf } from './positions.ts';
import { DOLLAR, type Done, most, type Order, refuse, remaining, type State, theMarket } from './state.ts';

/** The resting order that a command names, if it is the account's and in that market; else the refusal. */
function resting(state: State, ref: Ref): Order | Done {
  if (state.markets[ref.market] === undefined) return refuse('UNKNOWN_MARKET', 'market');
  const id =
    ref.order ?? state.clientIds.find((each) => each.account === ref.account && each.id === ref.clientId)?.order;
  const found = state.orders.find(
    (order) =>
      order.id === id &&
      order.resting &&
      order.group === 0 &&
      order.account === ref.account &&
      order.market === ref.market,
  );
  return found ?? refuse('UNKNOWN_ORDER', ref.order === undefined ? 'clientOrderId' : 'orderId');
}

export function cancelOne(state: State, command: CancelCommand): Done {
  const order = resting(state, command);
  if (!('id' in order)) return order;
  cancel(state, order, 'CANCELED');
  return { order: order.id };
}

/** What it would do is judged by the books as they are while it still stands there with its shares. */
function tryOut(state: State, id: number, price: bigint, size: bigint): Done | undefined {
  const order = state.orders.find((each) => each.id === id) as Order;
  const market = theMarket(state, order);
  Object.assign(order, { resting: false, covered: 0n, price, size });
  if (order.postOnly && wouldTrade(state, market, order, price)) return refuse('POST_ONLY_WOULD_TRADE', 'price');
  const { filled, stop, uncertain } = take(state, order, price);
  return order.stp === 'expire-taker' && filled === 0n && stop === 'SELF_TRADE' && !uncertain
    ? refuse('SELF_TRADE', 'price')
    : undefined;
}

/** A smaller size at the same price keeps its turn; anything else comes in like a new order. */
export function amend(state: State, command: AmendCommand): Done {
  const order = resting(state, command);
  if (!('id' in order)) return order;
  const market = theMarket(state, order);
  if (market.status !== 'open' || state.time >= market.closeTime) return refuse('MARKET_NOT_OPEN', 'market');
  if (command.price !== undefined) {
    const bad = checkPrice(market, command.price);
    if (bad !== undefined) return bad;
    const price = order.mirrored ? DOLLAR - BigInt(command.price) : BigInt(command.price);
    const outside = price === order.price ? undefined : checkCollar(market, { ...order, price });
    if (outside !== undefined) return outside;
  }
  const size = BigInt(command.size ?? order.size);
  const bad = command.size === undefined ? undefined : checkSize(market, command.size);
  if (bad !== undefined) return bad;
  return amendOrder(state, order, command.price, size, command.size !== undefined);
}

/** To a price (in its client's terms) and size that an order may have. */
export function amendOrder(
  state: State,
  order: Order,
  stated: number | undefined,
  size: bigint,
  sizeNamed: boolean,
): Done {
  const market = theMarket(state, order);
  const before = { ...order };
  if (stated !== undefined) order.price = order.mirrored ? DOLLAR - BigInt(stated) : BigInt(stated);
  const left = most(0n, size - order.filled);
  const keeps = order.price === before.price && left <= remaining(order);
  if (left === 0n) {
    cancel(state, Object.assign(order, { price: before.price }), 'AMENDED_BELOW_FILLED');
    return { order: order.id };
  }
  if (keeps) {
    if (left < remaining(order)) shrink(state, order, remaining(order) - left);
    return { order: order.id, keptPriority: true };
  }
  const over = checkPosition(state, market, order, left) ?? checkReduceOnly(state, market, order, left);
  if (over !== undefined) return over;

  const cover = coverOf(market, order);
  const free = cover === undefined ? 0n : freeShares(state, market, order.account, cover) + order.covered;
  const need = cashPerLot(order.side, order.price) * most(0n, left - free) + feeBound(market, left, order.price);
  const price = order.price;
  order.price = before.price;
  const released = holdOf(state, order);
  if (need > available(state, order.account) + released)
    return refuse('INSUFFICIENT_FUNDS', sizeNamed ? 'size' : 'price');
  const trial = tryOut(structuredClone(state), order.id, price, size);
  if (trial !== undefined) return trial;
  unrest(state, order);
  order.price = price;
  order.size = size;
  const taking = take(state, order, price);
  if (order.size === 0n) {
    order.size = size;
    endOrder(state, order, 'canceled', 'SELF_TRADE');
  } else if (remaining(order) === 0n) endOrder(state, order, 'filled');
  else if (taking.stop === 'SELF_TRADE') endOrder(state, order, 'canceled', 'SELF_TRADE');
  else if (taking.stop === 'REDUCE_ONLY') endOrder(state, order, 'canceled', 'REDUCE_ONLY');
  else if (taking.stop === 'FILLS_LIMIT') endOrder(state, order, 'canceled', 'FILLS_LIMIT');
  else rest(state, market, order);
  return { order: order.id };
}
