import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costCeil, costsAtMost } from '../../src/engines/lmsr/cost.ts';
import { decisions } from '../../src/engines/lmsr/exponentialSum.ts';
import { afterTrade, nearWholeMicros, SEED, trades } from './trades.ts';

const CASES = Number(process.env.LMSR_BOTH_PATHS_CASES ?? 100_000);

describe('float64 and decimal.js', () => {
  it(`agree on the cost in ${CASES} random and adversarial cases`, { timeout: 900_000 }, () => {
    const seen = new Map<string, { cases: number; 'fell back': number }>();
    const cases = fc.oneof(
      // Beyond 10⁻²⁰⁰ there is no float64 path.
      { arbitrary: trades.filter(({ kind }) => kind !== 'beyond 10⁻²⁰⁰'), weight: 4 },
      { arbitrary: nearWholeMicros, weight: 1 },
    );
    fc.assert(
      fc.property(cases, (trade) => {
        const { q, b, unitMicros, outcome, lots, kind } = trade;
        const n = q.length;
        const before = decisions.byDecimal;
        const micros = costCeil(q, 0, n, b, unitMicros, outcome, lots);
        const count = seen.get(kind) ?? { cases: 0, 'fell back': 0 };
        seen.set(kind, count);
        count.cases++;
        if (decisions.byDecimal > before) count['fell back']++;
        // decimal.js alone: the cost is at most this, and more than a micro less.
        const after = afterTrade(trade);
        return (
          costsAtMost(q, 0, n, b, unitMicros, after, micros) && !costsAtMost(q, 0, n, b, unitMicros, after, micros - 1)
        );
      }),
      { seed: SEED, numRuns: CASES },
    );
    console.table(Object.fromEntries(seen));
    const total = [...seen.values()].reduce((sum, count) => sum + count['fell back'], 0);
    console.log(`float64 left ${total} of ${CASES} costs to decimal.js`);
    expect(seen.size).toBe(8);
    for (const { cases } of seen.values()) expect(cases).toBeGreaterThan(CASES / 100);
    // Both paths were taken: usual trades are decided by float64, and half a million millionths from it are not.
    const share = (kind: string) => seen.get(kind)!['fell back'] / seen.get(kind)!.cases;
    expect(share('ordinary')).toBeLessThan(0.05);
    expect(share('near a whole micro')).toBeGreaterThan(0.5);
  });
});
