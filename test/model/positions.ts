import { feeHold } from './fees.ts';
import {
  DOLLAR,
  type Holder,
  least,
  type Market,
  type Order,
  remaining,
  type State,
  sum,
  theAccount,
  theMarket,
} from './state.ts';

/**
 * Shares are ≥ 0. To sell what one has not, sets are minted for $1; a complete set goes back to cash at once. An open order
 * is covered by free shares where there are some, by cash for the rest.
 */
export function holderOf(state: State, market: Market, account: number): Holder {
  const found = market.holders.find((holder) => holder.account === account);
  if (found !== undefined) return found;
  const holder: Holder = { account, shares: Array.from({ length: market.outcomes }, () => 0n), paid: 0n };
  market.holders.push(holder);
  theAccount(state, account).markets.push(market.index);
  return holder;
}

export const sharesOf = (market: Market, account: number, outcome: number): bigint =>
  market.holders.find((holder) => holder.account === account)?.shares[outcome] ?? 0n;

/** The outcome whose shares can cover an order: a bid of two outcomes is an offer of the other. */
export function coverOf(market: Market, order: { side: string; outcome: number }): number | undefined {
  if (order.side === 'sell') return order.outcome;
  return market.outcomes === 2 && market.type !== 'lmsr' ? 1 - order.outcome : undefined;
}

export const openOrdersOf = (state: State, account: number, market?: Market): Order[] =>
  state.orders.filter(
    (order) => order.account === account && order.resting && (market === undefined || order.market === market.index),
  );

/** Open orders that shares of an outcome cover, youngest first. */
export const coveredBy = (state: State, market: Market, account: number, outcome: number): Order[] =>
  openOrdersOf(state, account, market)
    .filter((order) => order.covered > 0n && coverOf(market, order) === outcome)
    .sort((a, b) => b.turn - a.turn);

export const heldShares = (state: State, market: Market, account: number, outcome: number): bigint =>
  sum(coveredBy(state, market, account, outcome).map((order) => order.covered));

export const freeShares = (state: State, market: Market, account: number, outcome: number): bigint =>
  sharesOf(market, account, outcome) - heldShares(state, market, account, outcome);

/** Cash a lot of an order requires where no share covers it. */
export const cashPerLot = (side: string, price: bigint): bigint => (side === 'buy' ? price : DOLLAR - price);

export const holdOf = (state: State, order: Order): bigint =>
  cashPerLot(order.side, order.price) * (remaining(order) - order.covered) + feeHold(theMarket(state, order), order);

export const heldCash = (state: State, account: number): bigint =>
  sum(openOrdersOf(state, account).map((order) => holdOf(state, order)));

export const available = (state: State, account: number): bigint =>
  theAccount(state, account).balance - heldCash(state, account);

function pay(state: State, holder: Holder, cash: bigint): void {
  theAccount(state, holder.account).balance += cash;
  holder.paid -= cash;
}

export function receive(
  state: State,
  market: Market,
  account: number,
  outcome: number,
  lots: bigint,
  cost: bigint,
): void {
  const holder = holderOf(state, market, account);
  pay(state, holder, -cost);
  holder.shares[outcome] = (holder.shares[outcome] as bigint) + lots;
  mergeSets(state, market, holder);
}

/** Own free shares first, of minted sets the rest. */
export function deliver(
  state: State,
  market: Market,
  account: number,
  outcome: number,
  lots: bigint,
  proceeds: bigint,
): void {
  const holder = holderOf(state, market, account);
  const minted = lots - least(lots, freeShares(state, market, account, outcome));
  market.escrow += DOLLAR * minted;
  holder.shares = holder.shares.map((shares, j) => (j === outcome ? shares + minted - lots : shares + minted));
  pay(state, holder, proceeds - DOLLAR * minted);
  mergeSets(state, market, holder);
}

/**
 * Two outcomes: all complete sets go; orders that lose their cover need cash then. More: those that no order needs, or only
 * reduce-only ones, which shrink. (Of two outcomes reduce-only orders lose their cover first, too.)
 */
export function mergeSets(state: State, market: Market, holder: Holder): void {
  const sets = least(
    ...holder.shares.map((shares, outcome) => {
      if (market.outcomes === 2) return shares;
      const needed = coveredBy(state, market, holder.account, outcome).filter((order) => !order.reduceOnly);
      return shares - sum(needed.map((order) => order.covered));
    }),
  );
  if (sets === 0n) return;
  holder.shares = holder.shares.map((shares) => shares - sets);
  market.escrow -= DOLLAR * sets;
  pay(state, holder, DOLLAR * sets);
  for (const [outcome, shares] of holder.shares.entries()) {
    const covered = coveredBy(state, market, holder.account, outcome);
    let short = sum(covered.map((order) => order.covered)) - shares;
    for (const order of [...covered.filter((each) => each.reduceOnly), ...covered.filter((each) => !each.reduceOnly)]) {
      if (short <= 0n) break;
      const lost = least(short, order.covered);
      order.covered -= lost;
      short -= lost;
      if (order.reduceOnly) shrinkReduceOnly(state, order, lost);
    }
  }
}

function shrinkReduceOnly(state: State, order: Order, lots: bigint): void {
  if (remaining(order) > lots) order.size -= lots;
  else endOrder(state, order, 'canceled', 'REDUCE_ONLY');
}

/** The end of an order; what becomes of freed shares is the caller's. */
export function endOrder(state: State, order: Order, status: 'filled' | 'canceled', reason?: Order['reason']): void {
  order.status = status;
  order.reason = reason;
  order.resting = order.collected = false;
  order.covered = 0n;
  for (const remembered of state.clientIds)
    if (remembered.order === order.id) {
      remembered.endedAt = state.time;
      remembered.ended = state.nextEnd++;
    }
}
