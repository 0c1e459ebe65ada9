import fc from 'fast-check';
import type { CreateCommand } from './commands.ts';
import type { FeeBase } from './state.ts';

/** What a version of the engine can do: the rest is not generated. */
export type Features = {
  gtd: boolean;
  reduceOnly: boolean;
  selfTradePrevention: boolean;
  batches: boolean;
  /** Books of more than two outcomes match by minting and merging sets; NO of an outcome. */
  sets: boolean;
  hybrids: boolean;
  fees: boolean;
  /** Collar, order and position limits, worst prices, the kill switch. */
  risk: boolean;
  auctions: boolean;
  topUps: boolean;
  /** Priors and price bands. */
  priors: boolean;
  /** Mass quotes, their protection, connections and dead-man's switches. */
  quotes: boolean;
};

const FEES: [number, number][] = [
  [0, 0],
  [100, 0],
  [100, -50],
  [250, 120],
  [37, -37],
  [1_000, 333],
];
const PRIORS: Record<number, string[]> = {
  2: ['', '0.3,0.7'],
  3: ['', '0.2,0.5,0.3'],
  4: ['', '0.2,0.4,0.2,0.2'],
};

/** One to three markets of a run, of every kind. */
export const marketTerms = (features: Features): fc.Arbitrary<CreateCommand[]> =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom<[CreateCommand['type'], number]>(
          ['book', 2],
          ['book', 2],
          ['book', 2],
          ['book', 3],
          ['book', 3],
          ['book', 4],
          ['lmsr', 2],
          ['lmsr', 4],
          ['hybrid', 2],
          ['hybrid', 2],
          ['hybrid', 3],
          ['hybrid', 3],
          ['hybrid', 3],
        ),
        tickSize: fc.constantFrom(1_000, 1_000, 500),
        b: fc.constantFrom(15, 40, 90),
        threshold: fc.constantFrom(0, 1, 1, 20_000, 80_000),
        fee: fc.constantFrom(...FEES),
        feeBase: fc.constantFrom<FeeBase>('notional', 'variance'),
        band: fc.constantFrom<[number, number]>([0, 0], [0, 0], [150_000, 850_000]),
        collar: fc.constantFrom(0, 0, 0, 2_500),
        orderLots: fc.constantFrom(0, 0, 0, 25),
        positionLots: fc.constantFrom(0, 0, 0, 40),
        disputeWindow: fc.constantFrom(0, 15),
        prior: fc.nat(1),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((terms) =>
      terms
        .filter(({ kind }) => features.hybrids || kind[0] !== 'hybrid')
        .map(({ kind: [type, outcomes], fee: [takerFee, makerFee], band, ...each }, index) => {
          const maker = type !== 'book';
          const { fees, risk, priors } = features;
          return {
            ...{ kind: 'CREATE_MARKET', slug: `m${index}`, type, outcomes, tickSize: each.tickSize, closeTime: 1e12 },
            ...{ b: maker ? each.b : 0, disputeWindow: each.disputeWindow, feeBase: each.feeBase },
            threshold: type === 'hybrid' ? each.threshold : 0,
            ...{ takerFee: fees ? takerFee : 0, makerFee: fees ? makerFee : 0 },
            ...{ bandMin: maker && priors ? band[0] : 0, bandMax: maker && priors ? band[1] : 0 },
            ...{ collar: risk ? each.collar : 0, orderLots: risk ? each.orderLots : 0 },
            positionLots: risk ? each.positionLots : 0,
            prior: maker && priors ? (PRIORS[outcomes]?.[each.prior] ?? '') : '',
          };
        }),
    );

/** A market that cannot be. */
export function recreate(like: CreateCommand, change: number): CreateCommand {
  const other: CreateCommand = { ...like, slug: 'another' };
  if (change === 0) return like;
  if (change === 1) return { ...other, outcomes: 1 };
  if (change === 2) return { ...other, tickSize: 300 };
  if (change === 3) return { ...other, closeTime: 1 };
  if (change === 4) return { ...other, type: 'lmsr', b: 0 };
  if (change === 5) return { ...other, type: 'book', threshold: 0, prior: '', bandMin: 0, bandMax: 0, b: 10 };
  if (change === 6)
    return { ...other, type: 'lmsr', threshold: 0, b: 20, prior: '', bandMin: 600_000, bandMax: 900_000 };
  if (change === 7) return { ...other, takerFee: 50, makerFee: -51 };
  return { ...like };
}
