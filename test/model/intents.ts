import fc from 'fast-check';
import { type QuoteIntent, quoteIntents } from './quoteIntents.ts';

/**
 * What a random trader or operator has in mind; `resolve.ts` makes a command of it, knowing the state. Few accounts, few
 * prices and small sizes, so that orders meet.
 */
export type PlaceIntent = {
  do: 'place';
  account: number;
  market: number;
  outcome: number;
  side: 'buy' | 'sell';
  type: 'limit' | 'market';
  tif: 'GTC' | 'GTD' | 'IOC' | 'FOK';
  price: number;
  size: number;
  stp: 'expire-taker' | 'expire-maker' | 'expire-both' | 'decrement';
  /** Each of these is on when it is 0. */
  postOnly: number;
  reduceOnly: number;
  against: number;
  worst: number;
  cap: number;
  maxCost: number;
  late: number;
  named: number;
  connection: number;
  /** As it is, however senseless. */
  wild: number;
  lasts: number;
};
export type RefIntent = {
  do: 'amend' | 'cancel';
  pick: number;
  price: number;
  size: number;
  what: number;
  named: boolean;
};
export type Intent =
  | PlaceIntent
  | RefIntent
  | { do: 'batch'; account: number; stopOnFailure: boolean; items: (PlaceIntent | RefIntent)[]; foreign: number }
  | { do: 'cancelAll'; account: number; market: number; everywhere: boolean }
  | { do: 'repeat'; pick: number; changed: number }
  | QuoteIntent
  | { do: 'expire' }
  | { do: 'configure'; market: number; collar: number; orderLots: number; positionLots: number; what: number }
  | { do: 'topUp'; market: number; more: number }
  | { do: 'risk'; account: number; blocked: number; openOrders: number }
  | { do: 'halt'; market: number; auction: boolean }
  | { do: 'resume' | 'close' | 'dispute' | 'void'; market: number }
  | { do: 'closeTime'; market: number; in: number }
  | { do: 'sweep' | 'settle'; market: number; most: number }
  | { do: 'resolve'; market: number; outcome: number; split: boolean }
  | { do: 'open'; account: number }
  | { do: 'deposit'; account: number; amount: number; reference: number }
  | { do: 'create'; change: number }
  | { do: 'wait'; ms: number }
  | { do: 'checkpoint' };

const account = fc.integer({ min: 1, max: 4 });
const market = fc.nat(59);
const outOf = (n: number): fc.Arbitrary<number> => fc.nat(n - 1);
const size = fc.oneof(
  { weight: 25, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, -2, 1_000_000_001, 5_000) },
);

export const placeIntent: fc.Arbitrary<PlaceIntent> = fc.record({
  do: fc.constant('place'),
  account,
  market,
  outcome: fc.nat(3),
  side: fc.constantFrom('buy', 'sell'),
  type: fc.constantFrom('limit', 'limit', 'limit', 'limit', 'limit', 'market'),
  tif: fc.constantFrom('GTC', 'GTC', 'GTC', 'GTC', 'GTC', 'GTC', 'GTC', 'GTD', 'GTD', 'IOC', 'IOC', 'FOK'),
  price: fc.integer({ min: 1, max: 19 }),
  size,
  stp: fc.constantFrom('expire-taker', 'expire-maker', 'expire-both', 'decrement'),
  postOnly: outOf(7),
  reduceOnly: outOf(6),
  against: outOf(4),
  worst: outOf(3),
  cap: outOf(3),
  maxCost: fc.integer({ min: 1, max: 120_000 }),
  late: outOf(25),
  named: outOf(12),
  connection: fc.nat(7),
  wild: outOf(20),
  lasts: fc.integer({ min: -1, max: 25 }),
});

const refIntent: fc.Arbitrary<RefIntent> = fc.record({
  do: fc.constantFrom('amend', 'amend', 'cancel'),
  pick: fc.nat(40),
  price: fc.integer({ min: 1, max: 19 }),
  size,
  what: outOf(12),
  named: fc.boolean(),
});

const weighted = (weight: number, shape: { [key: string]: fc.Arbitrary<unknown> }) => ({
  weight,
  arbitrary: fc.record(shape) as unknown as fc.Arbitrary<Intent>,
});
const what = <Do extends string>(name: Do): fc.Arbitrary<Do> => fc.constant(name);

export const intent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 600, arbitrary: placeIntent as fc.Arbitrary<Intent> },
  { weight: 150, arbitrary: refIntent as fc.Arbitrary<Intent> },
  weighted(50, {
    do: what('batch'),
    account,
    stopOnFailure: fc.boolean(),
    items: fc.array(fc.oneof(placeIntent, refIntent), { minLength: 1, maxLength: 4 }),
    foreign: outOf(15),
  }),
  ...quoteIntents,
  weighted(8, { do: what('cancelAll'), account, market, everywhere: fc.boolean() }),
  weighted(20, { do: what('repeat'), pick: fc.nat(10), changed: outOf(3) }),
  weighted(30, { do: what('expire') }),
  weighted(20, {
    do: what('configure'),
    market,
    collar: fc.constantFrom(0, 0, 1_000, 2_500, 3_000),
    orderLots: fc.constantFrom(0, 0, 10),
    positionLots: fc.constantFrom(0, 0, 0, 15, 40),
    what: outOf(16),
  }),
  weighted(10, { do: what('topUp'), market, more: fc.integer({ min: -3, max: 40 }) }),
  weighted(10, { do: what('risk'), account, blocked: outOf(6), openOrders: fc.constantFrom(0, 0, 0, 5) }),
  weighted(20, { do: what('halt'), market, auction: fc.constantFrom(true, true, false) }),
  weighted(80, { do: what('resume'), market }),
  weighted(1, { do: fc.constantFrom('close', 'dispute', 'void'), market }),
  weighted(2, { do: what('closeTime'), market, in: fc.integer({ min: 0, max: 60 }) }),
  weighted(10, { do: fc.constantFrom('sweep', 'settle'), market, most: fc.integer({ min: 1, max: 3 }) }),
  weighted(5, { do: what('resolve'), market, outcome: fc.nat(3), split: fc.boolean() }),
  weighted(5, { do: what('open'), account: fc.integer({ min: 0, max: 5 }) }),
  weighted(10, {
    do: what('deposit'),
    account: fc.integer({ min: 1, max: 5 }),
    amount: fc.nat(90_000),
    reference: fc.nat(9),
  }),
  weighted(5, { do: what('create'), change: fc.nat(9) }),
  weighted(30, {
    do: what('wait'),
    ms: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 30 }) },
      { weight: 1, arbitrary: fc.constant(25 * 3_600_000) },
    ),
  }),
  weighted(20, { do: what('checkpoint') }),
);

/** Mostly quotes, protected, and orders that meet them, in auctions, too. */
export const busyIntent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 40, arbitrary: fc.oneof(...quoteIntents) as fc.Arbitrary<Intent> },
  { weight: 40, arbitrary: placeIntent as fc.Arbitrary<Intent> },
  { weight: 20, arbitrary: intent },
  weighted(3, { do: what('halt'), market, auction: fc.constant(true) }),
  weighted(3, { do: what('resume'), market }),
);
