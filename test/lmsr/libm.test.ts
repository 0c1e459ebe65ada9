import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { costCeil } from '../../src/engines/lmsr/cost.ts';
import { worstLossCeil } from '../../src/engines/lmsr/funding.ts';
import { comparePrice, priceMillionths, pricesMillionths, priorQuantities } from '../../src/engines/lmsr/lmsr.ts';
import { quoteUnits } from '../../src/engines/lmsr/quote.ts';
import { unitsForSpend, unitsToLevel } from '../../src/engines/lmsr/size.ts';
import { SEED, type Trade, trades } from './trades.ts';

const FUNCTIONS = ['exp', 'expm1', 'log', 'log1p'] as const;

/** A Math as bad as the error bound allows for: every value off by `ulps`, up or down by `pattern` of its call count. */
function spoil(ulps: number, pattern: (call: number) => 1 | -1): void {
  let call = 0;
  for (const name of FUNCTIONS) {
    const real = Math[name];
    vi.spyOn(Math, name).mockImplementation((x) => real(x) * (1 + pattern(call++) * ulps * 2 ** -52));
  }
}

const everything = ({ q, b, unitMicros, outcome, lots }: Trade): number[] => {
  const n = q.length;
  const quoted = new Float64Array(4);
  const direction = lots > 0 ? 1 : -1;
  const after = q.slice();
  after[outcome]! += lots;
  const level = Math.min(999_999, Math.max(1, priceMillionths(after, n, b, outcome)));
  quoteUnits(q, 0, n, b, unitMicros, outcome, direction, Math.abs(lots), level, 1_000_000, 1e9, quoted);
  quoteUnits(
    q,
    0,
    n,
    b,
    unitMicros,
    outcome,
    direction,
    Math.min(10 * b, 9e11),
    300_000,
    1_000_000,
    1e9,
    quoted.subarray(2),
  );
  return [
    ...quoted,
    costCeil(q, 0, n, b, unitMicros, outcome, lots),
    unitsForSpend(q, 0, n, b, unitMicros, outcome, Math.abs(lots)),
    unitsToLevel(q, 0, n, b, unitMicros, outcome, 1, 600_000, 1_000_000),
    unitsToLevel(q, 0, n, b, unitMicros, outcome, -1, 1_000, 1_000_000),
    worstLossCeil(q, 0, n, b, unitMicros),
    comparePrice(q, n, b, outcome, 500_000),
    ...pricesMillionths(q, n, b),
    ...priorQuantities(['0.123', '0.877'], b)!,
  ];
};

/** A unit of so fine a market moves the price by less than the errors that are allowed for. */
const FINE = 1e14;
const levels = Array.from({ length: 40 }, (_, k) => 280_000 + 11_000 * k);

/** Quotes of the most units that keep the price within a level, and of one more, which is too much. */
function atLevel(level: number): number[] {
  const direction = level < 500_000 ? -1 : 1;
  const q = Float64Array.of((level < 500_000 ? 1 : -1) * FINE, 0); // a price of 0.73 or 0.27
  const most = unitsToLevel(q, 0, 2, FINE, 1, 0, direction, level, 1_000_000);
  return [most, most + 1].flatMap((units) => {
    const quoted = new Float64Array(2);
    quoteUnits(q, 0, 2, FINE, 1, 0, direction, units, level, 1_000_000, Number.POSITIVE_INFINITY, quoted);
    return [units, ...quoted];
  });
}

describe('a worse Math gives the same integers', () => {
  const sample = fc.sample(trades, { seed: SEED + 1, numRuns: 400 }).filter(({ kind }) => kind !== 'beyond 10⁻²⁰⁰');
  const expected = sample.map(everything);
  const expectedAtLevels = levels.map(atLevel);
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['always up', () => 1],
    ['always down', () => -1],
    ['alternating', (call) => (call % 2 ? 1 : -1)],
    ['irregular', (call) => (Math.imul(call + 1, 0x9e3779b1) < 0 ? 1 : -1)],
  ] as [string, (call: number) => 1 | -1][])('off by 900 ulps, %s', (_, pattern) => {
    spoil(900, pattern);
    expect(sample.map(everything)).toEqual(expected);
    expect(levels.map(atLevel)).toEqual(expectedAtLevels);
  });

  it('and the test would see it if the bound were exceeded', () => {
    spoil(2 ** 26, () => 1);
    expect(sample.map(everything)).not.toEqual(expected);
  });
});
