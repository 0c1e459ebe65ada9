import * as E from '../../src/engines/records/events.ts';
import { charge, feeOf } from './fees.ts';
import { deliver, endOrder, receive } from './positions.ts';
import { countFill } from './protection.ts';
import { least, type Market, type Order, remaining, type State, type Trade } from './state.ts';

/** A resting order trades, at its own price or at that of an auction; covered lots go first. Returns its fee. */
export function fillMaker(
  state: State,
  market: Market,
  maker: Order,
  lots: bigint,
  rate: bigint,
  price = maker.price,
): bigint {
  maker.covered -= least(maker.covered, lots);
  maker.filled += lots;
  maker.filledMicros += price * lots;
  if (maker.side === 'buy') receive(state, market, maker.account, maker.outcome, lots, price * lots);
  else deliver(state, market, maker.account, maker.outcome, lots, price * lots);
  const fee = charge(state, market, maker, feeOf(market, rate, lots, price));
  countFill(state, maker, lots);
  if (remaining(maker) === 0n) endOrder(state, maker, 'filled');
  return fee;
}

/** Records a trade's price in millionths; two outcomes of one book are each other's complement. */
export function setLast(market: Market, outcome: number, millionths: bigint): void {
  market.last[outcome] = millionths;
  if (market.outcomes === 2 && market.type !== 'lmsr') market.last[1 - outcome] = 1_000_000n - millionths;
}

export const report = (state: State, market: Market, trade: Omit<Trade, 'market'>): void => {
  state.trades.push({ market: market.index, ...trade });
};

/** Which of the two spoke of the other side of the book. */
export const mirrors = (taker: Order | undefined, maker: Order | undefined): number =>
  (taker?.mirrored === true ? E.TAKER_MIRRORED : 0) | (maker?.mirrored === true ? E.MAKER_MIRRORED : 0);
