import fc from 'fast-check';
import type { ConnectionCommand } from './commands.ts';

/** One instrument: steps and sizes of its sides. `what` decides which sides are named and which removed. */
export type QuoteItemIntent = {
  market: number;
  outcome: number;
  against: number;
  bid: number;
  spread: number;
  sizes: [number, number];
  what: number;
};
/** What a market maker has in mind, and what becomes of connections. */
export type QuoteIntent =
  | {
      do: 'quotes';
      account: number;
      group: number;
      connection: number;
      items: QuoteItemIntent[];
      /** Names what stands, as it stands or a little different, when it is 0, 1 or 2. */
      again: number;
      late: number;
      wild: number;
    }
  | { do: 'cancelQuotes'; account: number; group: number; market: number; everywhere: boolean }
  | {
      do: 'protect';
      account: number;
      group: number;
      window: number;
      frozen: number;
      size: number;
      delta: number;
      what: number;
    }
  | { do: 'connection'; account: number; action: ConnectionCommand['action']; number: number }
  | { do: 'cancelAfter'; account: number; ms: number };

const account = fc.integer({ min: 1, max: 4 });
const lots = fc.oneof(
  { weight: 25, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom(-1, -2, -3, 1_000_000_001, 5_000) },
);
const item = fc.record({
  market: fc.nat(59),
  outcome: fc.nat(3),
  against: fc.nat(3),
  bid: fc.constantFrom(8, 9, 9, 10, 10, 11, 1, 4, 14, 18),
  spread: fc.constantFrom(1, 1, 1, 2, 3, 0),
  sizes: fc.tuple(lots, lots),
  what: fc.nat(11),
});
const limit = fc.constantFrom(0, 1, 3, 5, 12);
/** Makers of markets. */
const maker = fc.constantFrom(1, 1, 2, 2, 3, 4);

const action = fc.constantFrom<ConnectionCommand['action']>(
  ...([
    'ARM',
    'ARM',
    'ARM',
    'ARM',
    'ARM',
    'GONE',
    'GONE',
    'GONE',
    'DISARM',
    'DEFAULT_ON',
    'DEFAULT_OFF',
    'ALL_GONE',
  ] as const),
);

const one = (weight: number, arbitrary: fc.Arbitrary<QuoteIntent>) => ({ weight, arbitrary });

export const quoteIntents = [
  one(
    250,
    fc.record({
      do: fc.constant('quotes'),
      account: maker,
      group: fc.constantFrom(0, 0, 0, 1, 2),
      connection: fc.nat(4),
      items: fc.array(item, { minLength: 1, maxLength: 4 }),
      again: fc.nat(7),
      late: fc.nat(25),
      wild: fc.nat(25),
    }),
  ),
  one(
    20,
    fc.record({
      do: fc.constant('cancelQuotes'),
      account,
      group: fc.nat(4),
      market: fc.nat(59),
      everywhere: fc.boolean(),
    }),
  ),
  one(
    90,
    fc.record({
      do: fc.constant('protect'),
      account: maker,
      group: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 1, 2, 3),
      window: fc.constantFrom(5, 40, 1_000, 1_000, 1_000, 1_000, 1_000, 86_400_001, -1),
      frozen: fc.constantFrom(0, 1, 5, 5, 20, 20),
      size: limit,
      delta: limit,
      what: fc.nat(9),
    }),
  ),
  one(
    60,
    fc.record({ do: fc.constant('connection'), account, action, number: fc.constantFrom(1, 1, 1, 2, 2, 3, 0, -1, 64) }),
  ),
  one(
    20,
    fc.record({ do: fc.constant('cancelAfter'), account, ms: fc.constantFrom(0, 1, 10, 60, 86_400_000, 86_400_001) }),
  ),
] as const;
