import { type Digest, sameDigest } from './digest.ts';
import { type Flow, type FlowShape, makeFlow } from './flow.ts';

export const SEED = 23;
export const FULL = { count: 2_000_000, depth: 1_000 } as const;

type NamedFlow = { name: string; markets: number; ticks: number; digest: Digest };

/** Shallow and deep price ranges, one book in cache and many that are not; with what a correct engine does of FULL. */
export const FLOWS: readonly NamedFlow[] = [
  {
    name: '1 market, 99 ticks',
    markets: 1,
    ticks: 99,
    digest: {
      trades: 513_129,
      lots: 14_880_530,
      notional: 774_810_170,
      hash: 1_088_057_800,
      restingOrders: 1_947,
      restingLots: 94_115,
      restingNotional: 5_064_045,
    },
  },
  {
    name: '1 market, 9,999 ticks',
    markets: 1,
    ticks: 9_999,
    digest: {
      trades: 610_608,
      lots: 17_371_435,
      notional: 89_637_108_149,
      hash: 3_486_814_387,
      restingOrders: 1_935,
      restingLots: 96_559,
      restingNotional: 501_039_239,
    },
  },
  {
    name: '100 markets, 99 ticks',
    markets: 100,
    ticks: 99,
    digest: {
      trades: 522_232,
      lots: 15_095_183,
      notional: 631_031_432,
      hash: 285_053_605,
      restingOrders: 197_404,
      restingLots: 9_959_728,
      restingNotional: 463_832_020,
    },
  },
  {
    name: '100 markets, 9,999 ticks',
    markets: 100,
    ticks: 9_999,
    digest: {
      trades: 630_031,
      lots: 17_867_241,
      notional: 75_661_804_521,
      hash: 827_841_412,
      restingOrders: 190_301,
      restingLots: 9_580_120,
      restingNotional: 45_572_655_826,
    },
  },
];

/** The flow of that name and size; a full one that is not the known one stops the bench. */
export function namedFlow(flow: NamedFlow, size: { count: number; depth: number }): Flow {
  const shape: FlowShape = { markets: flow.markets, ticks: flow.ticks, seed: SEED, ...size };
  const made = makeFlow(shape);
  const full = size.count === FULL.count && size.depth === FULL.depth;
  if (full && !sameDigest(made.digest, flow.digest)) throw new Error(`the flow '${flow.name}' is not the one it was`);
  return made;
}
