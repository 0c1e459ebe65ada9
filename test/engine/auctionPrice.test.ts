import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auctionPrice } from '../../src/engines/lifecycle/auctionPrice.ts';

describe('the auction price', () => {
  /** Lots by price in tens of cents; the price by the definition. */
  const TICK = 1_000;
  function byDefinition(bids: number[], asks: number[], reference: number): number {
    const sum = (lots: number[]): number => lots.reduce((total, each) => total + each, 0);
    let best = { price: 0, traded: 0, left: 0 };
    for (let level = 1; level < 10; level++) {
      const from = sum(bids.slice(level));
      const to = sum(asks.slice(0, level + 1));
      const one = { price: level * TICK, traded: Math.min(from, to), left: Math.abs(from - to) };
      const nearer = Math.abs(one.price - reference) < Math.abs(best.price - reference);
      if (one.traded < best.traded || one.traded === 0) continue;
      if (one.traded > best.traded || one.left < best.left || (one.left === best.left && nearer)) best = one;
    }
    return best.price;
  }

  it('trades most, leaves least, is closest to the last trade, is the lower', () => {
    const side = fc
      .array(fc.integer({ min: 0, max: 3 }), { minLength: 9, maxLength: 9 })
      .map((lots) => [0, ...lots, 0]);
    const reference = fc.integer({ min: 1, max: 99 }).map((cents) => cents * 100);
    fc.assert(
      fc.property(side, side, reference, (bids, asks, last) => {
        const price = auctionPrice(Float64Array.from(bids), Float64Array.from(asks), TICK, last);
        expect(price).toBe(byDefinition(bids, asks, last));
      }),
      { numRuns: 2_000 },
    );
  });

  const at = (lots: Record<number, number>): Float64Array =>
    Float64Array.from({ length: 11 }, (_, level) => lots[level * TICK] ?? 0);
  it.each<[string, Record<number, number>, Record<number, number>, number, number]>([
    ['nothing crosses', { 4000: 5 }, { 5000: 5 }, 5_000, 0],
    ['most lots', { 6000: 5, 5000: 5 }, { 5000: 10 }, 9_000, 5_000],
    ['the smallest imbalance', { 7000: 10 }, { 3000: 10, 5000: 5 }, 6_000, 4_000],
    ['closest to the last trade', { 7000: 10 }, { 3000: 10 }, 6_000, 6_000],
    ['the last trade is outside', { 7000: 10 }, { 3000: 10 }, 9_000, 7_000],
    ['the lower', { 7000: 10 }, { 3000: 10 }, 4_500, 4_000],
  ])('%s', (_, bids, asks, last, price) => expect(auctionPrice(at(bids), at(asks), TICK, last)).toBe(price));
});
