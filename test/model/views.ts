import type { SeenDone, SeenOrder, SeenTrade } from './decode.ts';
import { levelKey, type Observer, positionKey } from './observer.ts';
import { heldCash, heldShares } from './positions.ts';
import { type Done, type Order, remaining, type SelfTrade, type State, sum, type Trade } from './state.ts';

/** Both sides in the same plain words, so that they can be compared as wholes. */
type Numbers = Record<string, number>;
const sorted = (of: [string, unknown][]): [string, unknown][] => of.sort(([a], [b]) => (a < b ? -1 : 1));

export type View = {
  balances: [string, unknown][];
  positions: [string, unknown][];
  levels: [string, unknown][];
  markets: [string, unknown][];
  makers: [string, unknown][];
};

/** The exchange as the model has it. Zeroes are left out: nobody has to report what is not there. */
export function viewOfModel(state: State): View {
  const positions: [string, unknown][] = [];
  for (const market of state.markets)
    for (const { account, shares } of market.holders)
      for (const [outcome, lots] of shares.entries()) {
        const held = Number(heldShares(state, market, account, outcome));
        if (lots > 0n) positions.push([positionKey({ market: market.index, account, outcome }), [Number(lots), held]]);
      }
  const levels: Numbers = {};
  for (const order of state.orders.filter((each) => each.resting && !each.collected)) {
    const key = levelKey({ ...order, price: Number(order.price) });
    levels[key] = (levels[key] ?? 0) + Number(remaining(order));
  }
  // Nobody has heard of a house that has neither paid nor got anything.
  const funded = state.accounts.filter(({ number, balance }) => number !== 0 || balance !== 0n);
  return {
    balances: sorted(
      funded.map(({ number, balance }) => [
        String(number),
        [Number(balance), number === 0 ? 0 : Number(heldCash(state, number))],
      ]),
    ),
    positions: sorted(positions),
    levels: sorted(Object.entries(levels)),
    markets: state.markets.map((market) => [
      String(market.index),
      [
        ...[market.status, market.bookOn, market.auction, market.closeTime],
        ...[market.collar, market.orderLots, market.positionLots].map(Number),
      ],
    ]),
    makers: state.markets.flatMap(({ index, amm }) =>
      amm === undefined ? [] : [[String(index), [Number(amm.b), ...amm.q.map(Number)]] as [string, unknown]],
    ),
  };
}

/** The exchange as whoever read the events has it. */
export function viewOfEvents(observer: Observer): View {
  const balances = [...observer.balances].filter(([account, { balance }]) => account !== 0 || balance !== 0);
  const nonZero = [...observer.positions].filter(([, { shares }]) => shares !== 0);
  return {
    balances: sorted(balances.map(([account, { balance, held }]) => [String(account), [balance, held]])),
    positions: sorted(nonZero.map(([key, { shares, held }]) => [key, [shares, held]])),
    levels: sorted([...observer.levels].filter(([, { lots }]) => lots !== 0).map(([key, { lots }]) => [key, lots])),
    markets: [...observer.markets].map(([index, { status, book, auction, closeTime, risk }]) => [
      String(index),
      [status, book, auction, closeTime, ...risk],
    ]),
    makers: [...observer.makers].map(([index, { b, q }]) => [String(index), [b, ...q]]),
  };
}

/** Where all the money is. */
export function auditOfModel(state: State): Numbers {
  const traders = state.accounts.filter(({ number }) => number !== 0);
  const held = sum(traders.map(({ number }) => heldCash(state, number)));
  return {
    deposits: Number(state.depositTotal),
    cash: Number(sum(traders.map(({ balance }) => balance)) - held),
    held: Number(held),
    escrow: Number(sum(state.markets.map(({ escrow }) => escrow))),
    amm: Number(sum(state.markets.map(({ amm }) => amm?.cash ?? 0n))),
    fees: Number(state.feeTotal),
    house: Number(state.accounts[0]?.balance),
  };
}

export type Ids = Map<number, number>;
const idOf = (ids: Ids, order: number): number => (order === 0 ? 0 : (ids.get(order) ?? -order));

export const orderView = (order: Order, ids: Ids): SeenOrder => ({
  ...{ id: idOf(ids, order.id), account: order.account, market: order.market, outcome: order.outcome },
  ...{ side: order.side, type: order.type, tif: order.tif, stp: order.stp, postOnly: order.postOnly },
  ...{ reduceOnly: order.reduceOnly, mirrored: order.mirrored, price: Number(order.price), size: Number(order.size) },
  ...{ filled: Number(order.filled), status: order.status, reason: order.reason },
  ...{ filledMicros: Number(order.filledMicros), fees: Number(order.fees) },
  ...{ createdAt: order.createdAt, expiresAt: order.expiresAt, group: order.group },
});

export const tradeView = (trade: Trade, ids: Ids): SeenTrade => ({
  ...trade,
  ...{ lots: Number(trade.lots), price: Number(trade.price), micros: Number(trade.micros) },
  ...{ takerOrder: idOf(ids, trade.takerOrder), makerOrder: idOf(ids, trade.makerOrder) },
  ...{ takerFee: Number(trade.takerFee), makerFee: Number(trade.makerFee) },
});

export const selfTradeView = (trade: SelfTrade, ids: Ids) => ({
  ...trade,
  ...{ lots: Number(trade.lots), price: Number(trade.price) },
  ...{ takerOrder: idOf(ids, trade.takerOrder), makerOrder: idOf(ids, trade.makerOrder) },
});

export const doneView = (done: Done, ids: Ids, item?: number): SeenDone => ({
  ...{ code: done.refused?.code, field: done.refused?.field ?? '', order: idOf(ids, done.order ?? 0) },
  ...{ duplicate: done.duplicate === true, keptPriority: done.keptPriority === true, item: item !== undefined },
  ...{ count: done.part ?? item ?? done.count ?? 0, limit: done.refused?.limit ?? '', value: done.refused?.value ?? 0 },
});
