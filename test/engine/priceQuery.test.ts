import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import { EngineDriver, type MarketInput } from '../support/engineDriver.ts';
import { type PriceQuestion, priceOf } from '../support/priceQuery.ts';

/** What a price query says is what a market order then does, also where that takes reduce-only orders away on its way. */

/** Who asks trades for the first time, and can pay for everything. */
const ASKER = 9;
const GRANT = 100_000_000_000_000;
const MOST = 1_000_000_000;
/** The same cases each time, among which every part of what is foreseen makes a difference. */
const CASES = { numRuns: 400, seed: 2 };

/** Lots, and the money that leaves the account, of the order that the question is about; on a copy. */
function traded({ engine, time }: EngineDriver, { market = 0, outcome = 0, side, size, spend }: PriceQuestion) {
  const driver = new EngineDriver(Engine.restore(engine.snapshot()));
  driver.time = time;
  const order = {
    outcome,
    side,
    type: 'market' as const,
    size: size ?? MOST,
    ...(spend !== undefined && { maxCost: spend }),
  };
  const { code } = driver.place(ASKER, market, order);
  if (code !== undefined && code !== 'NO_LIQUIDITY') throw new Error(code);
  driver.engine.checkInvariants();
  const { balance, positions } = driver.account(ASKER);
  const lots = positions[0]?.shares ?? 0;
  const paid = GRANT - balance;
  // A sale mints sets, of which the asker keeps the others.
  return side === 'buy' ? { lots, paid } : { lots, paid: paid - 10_000 * lots };
}

function quoted({ engine }: EngineDriver, question: PriceQuestion) {
  const { lots, cost, fees, fills } = priceOf(engine, question);
  expect(fills.reduce((sum, fill) => sum + fill.lots, 0)).toBe(lots);
  expect(fills.reduce((sum, fill) => sum + fill.cost, 0)).toBe(cost);
  return { lots, paid: question.side === 'buy' ? cost + fees : fees - cost };
}

function expectSame(driver: EngineDriver, question: PriceQuestion): void {
  const before = driver.engine.stateHash();
  const said = quoted(driver, question);
  expect(driver.engine.stateHash(), 'a query changes nothing').toBe(before);
  expect(said, JSON.stringify(question)).toEqual(traded(driver, question));
}

function opened(): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 4; account++) driver.open(account, 50_000_000);
  driver.open(ASKER, GRANT);
  return driver;
}

describe('a price query looks beyond', () => {
  /** Account 1 has bought 10 of YES from account 2. */
  function holding(): EngineDriver {
    const driver = opened();
    driver.createMarket('m', { takerFee: 30 });
    driver.place(1, 0, { price: 5_000, size: 10 });
    driver.place(2, 0, { side: 'sell', price: 5_000, size: 10 });
    return driver;
  }

  it('a reduce-only order whose holder it has touched, and that stays', () => {
    const driver = holding();
    driver.place(1, 0, { side: 'sell', price: 6_000, size: 4, reduceOnly: true });
    driver.place(1, 0, { side: 'sell', price: 6_100, size: 6, reduceOnly: true });
    expect(priceOf(driver.engine, { side: 'buy', size: 10 })).toEqual({
      ...{ lots: 10, cost: 60_600, fees: 182, priceAfterMillionths: 610_000 },
      fills: [{ venue: 0, lots: 10, cost: 60_600 }],
    });
    expectSame(driver, { side: 'buy', size: 10 });
  });

  it('one that the merge of its holder’s sets makes smaller, and one that it takes away', () => {
    const driver = holding();
    driver.place(1, 0, { side: 'sell', price: 6_100, size: 4, reduceOnly: true });
    driver.place(1, 0, { side: 'sell', price: 6_200, size: 6, reduceOnly: true });
    // Not covered by shares: each lot mints a set, whose other half merges with what covers the two.
    driver.place(1, 0, { side: 'sell', price: 6_000, size: 7 });
    driver.place(3, 0, { side: 'sell', price: 6_300, size: 5 });
    expect(priceOf(driver.engine, { side: 'buy', size: 12 })).toMatchObject({
      lots: 12,
      cost: 7 * 6_000 + 3 * 6_100 + 2 * 6_300,
    });
    for (const size of [7, 8, 10, 12, 20]) expectSame(driver, { side: 'buy', size });
    for (const spend of [42_000, 43_000, 60_000, 60_700, 1_000_000]) expectSame(driver, { side: 'buy', spend });
  });
});

it('looks no further than the collar lets a market order trade', () => {
  const driver = opened();
  driver.createMarket('m', { collar: 1_000 });
  driver.place(1, 0, { price: 5_000, size: 10 });
  driver.place(2, 0, { side: 'sell', price: 5_000, size: 10 });
  for (const price of [5_500, 6_000, 6_100, 7_500]) driver.place(2, 0, { side: 'sell', price, size: 3 });
  for (const price of [4_000, 3_900]) driver.place(2, 0, { price, size: 3 });
  expect(priceOf(driver.engine, { side: 'buy', size: 10 })).toMatchObject({ lots: 6, cost: 3 * 5_500 + 3 * 6_000 });
  for (const outcome of [0, 1])
    for (const side of ['buy', 'sell'] as const) expectSame(driver, { outcome, side, size: 10 });
  expectSame(driver, { side: 'buy', spend: 1_000_000 });
});

const MARKETS: [string, MarketInput][] = [
  ['two outcomes', { makerFee: 10, takerFee: 30 }],
  ['three', { outcomes: 3, takerFee: 17 }],
  ['two beside a maker', { type: 'hybrid', b: 50, takerFee: 23 }],
  ['three beside a maker', { type: 'hybrid', outcomes: 3, b: 50 }],
  ['two with a collar', { takerFee: 30, collar: 2_000 }],
  ['three with a collar beside a maker', { type: 'hybrid', outcomes: 3, b: 50, takerFee: 23, collar: 1_000 }],
];
const account = fc.integer({ min: 1, max: 3 });
const outcome = fc.nat(2);
const side = fc.constantFrom('buy' as const, 'sell' as const);
const price = fc.integer({ min: 2, max: 8 }).map((n) => n * 1_000);
const size = fc.integer({ min: 1, max: 30 });
const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ account, outcome, side, price, size, lives: fc.integer({ min: 0, max: 12 }) }) },
  { weight: 5, arbitrary: fc.record({ account, position: fc.nat(2), price, part: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ account, outcome, bid: price, ask: price, size }) },
);
const question = fc.oneof(
  fc.record({ outcome, side, size: fc.integer({ min: 1, max: 150 }) }),
  fc.record({ outcome, side, size: fc.constant(1_000) }),
  fc.record({ outcome, side: fc.constant('buy' as const), spend: fc.integer({ min: 1, max: 600_000 }) }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

function carryOut(driver: EngineDriver, what: Act, outcomes: number): void {
  driver.time++;
  const { account: by } = what;
  if ('position' in what) {
    // Part of what the account has of an outcome is for sale.
    const { positions } = driver.account(by);
    const { outcome: of = 0, shares = 0 } = positions[what.position % Math.max(1, positions.length)] ?? {};
    const lots = Math.ceil(shares / what.part);
    driver.place(by, 0, { side: 'sell', outcome: of, price: what.price, size: lots, reduceOnly: true });
  } else if ('bid' in what) {
    const { bid, ask, size: lots } = what;
    driver.quotes(by, 'g', [{ outcome: what.outcome % outcomes, bid: [bid, lots], ask: [ask, lots] }]);
  } else {
    const { lives, price: at, size: lots } = what;
    // Those that have expired stay in the book until somebody meets them.
    const until = lives > 6 ? ({ tif: 'GTD', expiresAt: driver.time + lives } as const) : {};
    driver.place(by, 0, { side: what.side, outcome: what.outcome % outcomes, price: at, size: lots, ...until });
  }
}

it.each(MARKETS)('says what the order then does in a market of %s', { timeout: 120_000 }, (_, market) => {
  const { outcomes = 2, type } = market;
  fc.assert(
    fc.property(
      fc.array(act, { minLength: 20, maxLength: 60, size: 'max' }),
      fc.array(question, { minLength: 4, maxLength: 8 }),
      (acts, questions) => {
        const driver = opened();
        driver.createMarket('m', market);
        if (type === 'hybrid') driver.configure(0, { book: true });
        for (let by = 1; by <= 2; by++) driver.quoteGroup(by, 'g', { window: 1_000, size: 12 });
        for (const each of acts) carryOut(driver, each, outcomes);
        for (const each of questions) expectSame(driver, { ...each, outcome: each.outcome % outcomes });
      },
    ),
    CASES,
  );
});
