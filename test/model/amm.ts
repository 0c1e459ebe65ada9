import { ammMoney, lotsWithin } from './lmsr.ts';
import { DOLLAR, least, type Maker, type Market, most, type Side } from './state.ts';

/** The market's maker trades: it has cash and shares of its own, mints what it has not, merges what is complete. */
export function ammTrade(market: Market, side: Side, outcome: number, lots: bigint, micros: bigint): void {
  const maker = market.amm as Maker;
  const sells = side === 'buy';
  maker.q = maker.q.map((q, j) => (j === outcome ? (sells ? q + lots : q - lots) : q));
  maker.cash += sells ? micros : -micros;
  if (sells) {
    const minted = lots - least(lots, maker.shares[outcome] as bigint);
    maker.shares = maker.shares.map((shares, j) => shares + minted - (j === outcome ? lots : 0n));
    maker.cash -= DOLLAR * minted;
    market.escrow += DOLLAR * minted;
  } else {
    maker.shares = maker.shares.map((shares, j) => (j === outcome ? shares + lots : shares));
    const sets = least(...maker.shares);
    maker.shares = maker.shares.map((shares) => shares - sets);
    maker.cash += DOLLAR * sets;
    market.escrow -= DOLLAR * sets;
  }
}

/** What the maker would trade with an order of `side` while its price stays within `bound` (ticks) and its band. */
export function ammLots(market: Market, side: Side, outcome: number, bound: bigint, wanted: bigint): bigint {
  if (market.amm === undefined || wanted === 0n) return 0n;
  const level = side === 'buy' ? least(bound * 100n, market.bandMax) : most(bound * 100n, market.bandMin);
  // Beyond the band on its other side: a level of 0 or 1 has no odds.
  if (level <= 0n || level >= 1_000_000n) return 0n;
  return lotsWithin(market.amm, side, outcome, level, wanted);
}

export const ammMicros = (market: Market, side: Side, outcome: number, lots: bigint): bigint =>
  ammMoney(market.amm as Maker, side, outcome, lots);
