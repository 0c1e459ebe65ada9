import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costCeil, costsAtMost } from '../../src/engines/lmsr/cost.ts';
import { decisions } from '../../src/engines/lmsr/exponentialSum.ts';
import { compareCost, isCostCeil } from './fixedPoint.ts';
import { afterTrade, SEED, type Trade, trades } from './trades.ts';

const CASES = 12_000;
/** decimal.js takes 0.5 ms for what the oracle does in 0.05, so every k-th case is put to it as well. */
const EVERY = Number(process.env.LMSR_DECIMAL_EVERY ?? 12);

const cost = ({ q, b, unitMicros, outcome, lots }: Trade) => costCeil(q, 0, q.length, b, unitMicros, outcome, lots);

describe('the cost of a trade is the rounding of the real number', () => {
  it(`by an oracle that shares no arithmetic, in ${CASES} random and adversarial cases`, { timeout: 240_000 }, () => {
    const seen = new Map<string, { cases: number; fellBack: number; ties: number }>();
    let count = 0;
    let byDecimal = 0;
    fc.assert(
      fc.property(trades, (trade) => {
        const before = decisions.byDecimal;
        const micros = cost(trade);
        const fellBack = decisions.byDecimal > before;
        const after = afterTrade(trade);
        const { q, b, unitMicros, bits } = trade;
        expect(isCostCeil(q, after, b, unitMicros, micros, bits)).toBe(true);
        if (count++ % EVERY === 0 && trade.kind !== 'beyond 10⁻²⁰⁰') {
          byDecimal++;
          expect(costsAtMost(q, 0, q.length, b, unitMicros, after, micros)).toBe(true);
          expect(costsAtMost(q, 0, q.length, b, unitMicros, after, micros - 1)).toBe(false);
        }
        const kind = seen.get(trade.kind) ?? { cases: 0, fellBack: 0, ties: 0 };
        kind.cases++;
        if (fellBack) kind.fellBack++;
        if (compareCost(q, after, b, unitMicros, micros, bits) === 0) kind.ties++;
        seen.set(trade.kind, kind);
      }),
      { seed: SEED, numRuns: CASES },
    );
    console.table(Object.fromEntries(seen));
    console.log(`${byDecimal} of ${CASES} also by decimal.js`);
    expect(seen.get('ordinary')!.fellBack).toBeLessThan(seen.get('ordinary')!.cases / 20);
    expect(seen.get('near ties')!.ties).toBeGreaterThan(100);
  });

  it('rises with the size, by at most its payout and at least 0 per lot', () => {
    fc.assert(
      fc.property(trades, (trade) => {
        const more = { ...trade, lots: trade.lots + 1 };
        const step = cost(more) - cost(trade);
        expect(step).toBeGreaterThanOrEqual(0);
        expect(step).toBeLessThanOrEqual(trade.unitMicros + 1);
      }),
      { seed: SEED, numRuns: 2_000 },
    );
  });
});
