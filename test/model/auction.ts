import * as E from '../../src/engines/records/events.ts';
import { cancel } from './book.ts';
import { fillMaker, report, setLast } from './fills.ts';
import { withdrawTripped } from './protection.ts';
import { least, type Market, type Order, remaining, type State, sum } from './state.ts';

type Pair = { bid: Order; ask: Order; lots: bigint };

/**
 * The call auction on reopening: all orders that agree trade at the one price at which most lots do. Orders of one account
 * that would meet: the younger is canceled, and everything is looked at again before anything trades.
 */
export function uncross(state: State, market: Market): void {
  const here = (): Order[] => state.orders.filter((order) => order.resting && order.market === market.index);
  for (const order of here())
    if (order.expiresAt !== 0 && order.expiresAt <= state.time) cancel(state, order, 'EXPIRED');
  for (;;) {
    const price = auctionPrice(market, here());
    if (price === undefined) break;
    const own = pairsAt(here(), price).find(isOwn);
    if (own !== undefined) prevent(state, own);
    else {
      tradeAt(state, market, here, price);
      withdrawTripped(state);
    }
  }
  for (const order of here()) order.collected = false;
}

/** Pair by pair: a fill may take the shares that a reduce-only order sells, and with it later pairs. */
function tradeAt(state: State, market: Market, here: () => Order[], price: bigint): void {
  for (;;) {
    const pair = pairsAt(here(), price)[0];
    if (pair === undefined) return;
    if (isOwn(pair)) prevent(state, pair);
    else trade(state, market, pair, price);
  }
}

const isOwn = ({ bid, ask }: Pair): boolean => bid.account === ask.account;

function prevent(state: State, pair: Pair): void {
  const [older, younger] = inAge(pair);
  state.selfTrades.push({
    ...{ market: older.market, account: younger.account, outcome: 0, price: older.price, lots: pair.lots },
    ...{ mode: younger.stp, takerOrder: younger.id, makerOrder: older.id },
  });
  cancel(state, younger, 'SELF_TRADE');
}

const inAge = ({ bid, ask }: Pair): [Order, Order] => (bid.turn < ask.turn ? [bid, ask] : [ask, bid]);

/** Most lots; then the smallest imbalance; then nearest to the last trade (or the middle); then the lower. */
function auctionPrice(market: Market, orders: Order[]): bigint | undefined {
  const reference = market.last[0] ?? 500_000n;
  const size = (side: string, fits: (price: bigint) => boolean): bigint =>
    sum(orders.filter((order) => order.side === side && fits(order.price)).map(remaining));
  const candidates = [];
  for (let price = market.tickSize; price < 10_000n; price += market.tickSize) {
    const bids = size('buy', (bid) => bid >= price);
    const asks = size('sell', (ask) => ask <= price);
    const far = price * 100n - reference;
    const imbalance = bids > asks ? bids - asks : asks - bids;
    candidates.push({ price, lots: least(bids, asks), imbalance, far: far < 0n ? -far : far });
  }
  candidates.sort(
    (a, b) =>
      Number(b.lots - a.lots) ||
      Number(a.imbalance - b.imbalance) ||
      Number(a.far - b.far) ||
      Number(a.price - b.price),
  );
  const best = candidates[0];
  return best === undefined || best.lots === 0n ? undefined : best.price;
}

/** Who trades with whom at a price: best price first, then the oldest, until one side is used up. */
function pairsAt(orders: Order[], price: bigint): Pair[] {
  const bids = orders.filter((order) => order.side === 'buy' && order.price >= price);
  const asks = orders.filter((order) => order.side === 'sell' && order.price <= price);
  bids.sort((a, b) => Number(b.price - a.price) || a.turn - b.turn);
  asks.sort((a, b) => Number(a.price - b.price) || a.turn - b.turn);
  const left = new Map(orders.map((order) => [order, remaining(order)]));
  const leftOf = (order: Order): bigint => left.get(order) as bigint;
  const pairs: Pair[] = [];
  while (bids.length > 0 && asks.length > 0) {
    const bid = bids[0] as Order;
    const ask = asks[0] as Order;
    const lots = least(leftOf(bid), leftOf(ask));
    pairs.push({ bid, ask, lots });
    for (const order of [bid, ask]) left.set(order, leftOf(order) - lots);
    if (leftOf(bid) === 0n) bids.shift();
    if (leftOf(ask) === 0n) asks.shift();
  }
  return pairs;
}

/** Both sides rested, so both pay the maker's fee; the younger is reported as the taker. */
function trade(state: State, market: Market, pair: Pair, price: bigint): void {
  const [maker, taker] = inAge(pair);
  const { lots } = pair;
  // Nobody pays a taker's fee, so nothing pays for a rebate.
  const rate = market.makerFee < 0n ? 0n : market.makerFee;
  const makerFee = fillMaker(state, market, maker, lots, rate, price);
  const takerFee = fillMaker(state, market, taker, lots, rate, price);
  market.volume += price * lots;
  setLast(market, 0, price * 100n);
  report(state, market, {
    ...{ outcome: 0, side: taker.side, lots, price, micros: price * lots, taker: taker.account, maker: maker.account },
    ...{ venue: 'book', takerOrder: taker.id, makerOrder: maker.id, takerFee, makerFee },
    flags: E.AUCTION | (taker.mirrored ? E.TAKER_MIRRORED : 0) | (maker.mirrored ? E.MAKER_MIRRORED : 0),
  });
}
