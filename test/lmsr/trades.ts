import fc from 'fast-check';
import { LOT_MICROS } from '../../src/engines/lmsr/lmsr.ts';

export interface Trade {
  kind: string;
  q: Float64Array;
  b: number;
  outcome: number;
  /** Signed: negative sells. */
  lots: number;
  unitMicros: number;
  /** Bits in which the oracle tells this trade's cost from an integer. */
  bits: bigint;
}

export const SEED = 20_030_117;

/** Evenly between the two; fc.double would be nearly 0 nearly always, as most of the doubles are. */
export const real = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1_000_000_000 }).map((part) => min + (part / 1e9) * (max - min));

const signed = (size: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.tuple(size, fc.boolean()).map(([lots, sells]) => (sells ? -lots : lots));

/** Quantities within ± `spread`·b and a trade of up to `size`·b (at least a lot). */
function around(
  kind: string,
  outcomes: number,
  liquidity: [number, number],
  spread: number,
  size: number,
  bits: bigint,
  unitMicros = LOT_MICROS,
): fc.Arbitrary<Trade> {
  return fc
    .tuple(fc.integer({ min: 2, max: outcomes }), fc.integer({ min: liquidity[0], max: liquidity[1] }))
    .chain(([n, b]) => {
      const reach = Math.round(spread * b);
      return fc.record({
        kind: fc.constant(kind),
        q: fc
          .array(fc.integer({ min: -reach, max: reach }), { minLength: n, maxLength: n })
          .map((quantities) => Float64Array.from(quantities)),
        b: fc.constant(b),
        outcome: fc.nat(n - 1),
        lots: signed(fc.integer({ min: 1, max: Math.max(1, Math.floor(size * b)) })),
        unitMicros: fc.constant(unitMicros),
        bits: fc.constant(bits),
      });
    });
}

/**
 * Trades whose cost is a whole number of micros, or misses one by as little as it can: quantities 0, s, 2s … of which
 * the lowest is raised by n·s, so that all move up by s; with `off` the step is spoilt by one unit, and `far` adds an
 * outcome so unlikely that only its e^−far tells the cost from an integer.
 */
const nearTies: fc.Arbitrary<Trade> = fc
  .record({
    n: fc.integer({ min: 2, max: 4 }),
    b: fc.integer({ min: 100, max: 100_000_000 }),
    step: fc.integer({ min: 1, max: 1_000_000 }),
    lift: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    off: fc.constantFrom(0, 0, 1, -1),
    far: fc.constantFrom(0, 0, 30, 55, 90),
    sells: fc.boolean(),
  })
  .map(({ n, b, step, lift, off, far, sells }) => {
    const size = Math.min(step, b);
    const quantities = Array.from({ length: n }, (_, k) => lift + k * size);
    if (far > 0) quantities.push(lift - far * b);
    const lots = Math.max(1, n * size + off);
    if (sells) quantities[0] = quantities[0]! + lots;
    const trade = { kind: 'near ties', q: Float64Array.from(quantities), b, outcome: 0, lots: sells ? -lots : lots };
    return { ...trade, unitMicros: LOT_MICROS, bits: 640n };
  });

/** The cost in micros, as float64 sees it. */
const roughly = (odds: number, b: number, lots: number) =>
  b * LOT_MICROS * Math.log1p(Math.expm1(lots / b) / (1 + odds));

/**
 * What an adversary finds who looks for costs as near to a whole micro as possible, above it and below: the nearest of a
 * few hundred sizes. Large trades, for the error bound is relative.
 */
export const nearWholeMicros: fc.Arbitrary<Trade> = fc
  .record({
    n: fc.constantFrom(2, 2, 3),
    b: fc.integer({ min: 1_000_000, max: 100_000_000 }),
    lead: real(-8, 8),
    size: real(0.1, 3),
    sells: fc.boolean(),
  })
  .map(({ n, b, lead, size, sells }) => {
    const q = new Float64Array(n);
    q[0] = Math.round(lead * b);
    const odds = (n - 1) * Math.exp(-q[0] / b);
    const first = Math.round(size * b);
    let lots = first;
    let nearest = 1;
    for (let tried = first; tried < first + 400; tried++) {
      const cost = roughly(odds, b, sells ? -tried : tried);
      const distance = Math.abs(cost - Math.round(cost));
      if (distance < nearest) [lots, nearest] = [tried, distance];
    }
    return {
      kind: 'near a whole micro',
      q,
      b,
      outcome: 0,
      lots: sells ? -lots : lots,
      unitMicros: LOT_MICROS,
      bits: 640n,
    };
  });

const whole = Number.MAX_SAFE_INTEGER / LOT_MICROS;

/** What the exchange sees, and what an adversary would want it to see. */
export const trades: fc.Arbitrary<Trade> = fc.oneof(
  { arbitrary: around('ordinary', 6, [100, 10_000_000], 3, 3, 320n), weight: 60 },
  { arbitrary: around('tiny', 3, [10_000_000, 1_000_000_000], 2, 3e-9, 320n), weight: 20 },
  { arbitrary: around('small b', 3, [1, 100], 8, 30, 384n), weight: 20 },
  { arbitrary: around('skewed', 3, [100, 1_000_000], 40, 60, 640n), weight: 20 },
  { arbitrary: around('beyond 10⁻²⁰⁰', 3, [1, 1_000], 900, 1_800, 7_000n), weight: 1 },
  { arbitrary: around('huge', 3, [10_000_000_000, Math.floor(whole / 4)], 2, 2, 320n), weight: 4 },
  { arbitrary: around('millionths of a share', 4, [1_000_000, 1_000_000_000_000], 3, 1, 320n, 1), weight: 20 },
  { arbitrary: nearTies, weight: 30 },
);

export function afterTrade(trade: Trade): Float64Array {
  const after = trade.q.slice();
  after[trade.outcome]! += trade.lots;
  return after;
}
