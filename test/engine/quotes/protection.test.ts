import { describe, expect, it } from 'vitest';
import { Engine } from '../../../src/engines/engine.ts';
import type { EngineDriver, ProtectionInput } from '../../support/engineDriver.ts';
import { priceOf } from '../../support/priceQuery.ts';
import { exchange, GRANT, marketOf, restart, trades } from '../rules/exchange.ts';

type Group = { frozenUntil: number; filled: number; delta: number; windowMs: number };
const group = (driver: EngineDriver, name = 'g', account = 1): Group =>
  (driver.query('QUERY_QUOTES', account) as { groups: (Group & { name: string })[] }).groups.find(
    (each) => each.name === name,
  ) as Group;
const levels = (driver: EngineDriver, outcome = 0): [number, number][][] => {
  const book = marketOf(driver).books[outcome];
  return [book?.bids ?? [], book?.asks ?? []];
};

/** What a market sale of so many lots would get in market 0. */
const priceOfSale = (driver: EngineDriver, size: number) => priceOf(driver.engine, { side: 'sell', size });

/** Quotes of 10 of one group, in two markets and for both outcomes of one, and one of a group without protection. */
function quoted(protection: ProtectionInput): EngineDriver {
  const driver = exchange();
  driver.createMarket('other');
  driver.quoteGroup(1, 'g', protection);
  driver.quotes(1, 'g', [
    { bid: [4_000, 10], ask: [6_000, 10] },
    { outcome: 1, bid: [3_000, 10] },
    { market: 1, bid: [4_000, 10] },
  ]);
  driver.quotes(1, 'free', [{ bid: [3_000, 10] }]);
  return driver;
}

describe('a protection', () => {
  it('withdraws the whole group with the fill that reaches its limit, which happens in full', () => {
    const driver = quoted({ window: 1_000, frozen: 500, size: 8 });
    const until = driver.time + 500;
    const { events } = driver.place(2, 0, { side: 'sell', price: 4_000, size: 10 });
    expect(events).toEqual([
      'order of 1: buy 0 at 4000 filled 10/10',
      expect.stringContaining('balance of 1'),
      expect.stringContaining('position of 1 in 0: 10'),
      'trade: 2 sells 10 of 0 at 4000 with 1 for 40000',
      'level buy 0 at 4000: 0',
      'order of 1: sell 0 at 6000 canceled 0/10',
      'level sell 0 at 6000: 0',
      // Free shares of the first outcome covered the ask.
      'order of 1: sell 0 at 7000 canceled 0/10',
      'level sell 0 at 7000: 0',
      'order of 1: buy 0 at 4000 canceled 0/10',
      'level buy 0 at 4000: 0',
      `balance of 1: ${GRANT - 40_000} held 30000`,
      `group g of 1 tripped: 10 10 until ${until}`,
      expect.stringContaining('order of 2'),
      expect.stringContaining('balance of 2'),
      expect.stringContaining('position of 2 in 0'),
      expect.stringContaining('position of 2 in 1'),
    ]);
    expect(levels(driver)).toEqual([[[3_000, 10]], []]);
    expect(group(driver)).toMatchObject({ filled: 0, delta: 0, frozenUntil: until });
    driver.engine.checkInvariants();
    restart(driver);
  });

  it('does nothing one lot below its limit', () => {
    const driver = quoted({ window: 1_000, size: 8 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 7 });
    expect(group(driver)).toMatchObject({ filled: 7, delta: 7, frozenUntil: 0 });
    driver.place(2, 0, { price: 6_000, size: 1 });
    expect(group(driver)).toMatchObject({ filled: 0, frozenUntil: -1 });
  });

  it('keeps an incoming order from the rest of the group, in the very plan', () => {
    const order = { side: 'sell', price: 3_000, size: 30 } as const;
    const start = (): EngineDriver => {
      const driver = exchange();
      driver.quoteGroup(1, 'g', { window: 1_000, size: 10 });
      driver.quotes(1, 'g', [{ bid: [4_000, 10] }, { outcome: 1, ask: [6_500, 10] }]);
      driver.place(3, 0, { price: 3_000, size: 10 });
      return driver;
    };
    const driver = start();
    // 10 at 4000 hit the limit, 10 at 3500 are passed over, 10 at 3000 are another's.
    expect(driver.place(2, 0, { ...order, tif: 'FOK' })).toMatchObject({ code: 'FOK_NOT_FILLED' });
    expect(levels(driver)).toEqual([
      [
        [4_000, 10],
        [3_500, 10],
        [3_000, 10],
      ],
      [],
    ]);
    const fok = start().place(2, 0, { ...order, size: 20, tif: 'FOK' });
    expect(trades(fok.events)).toEqual([
      'trade: 2 sells 10 of 0 at 4000 with 1 for 40000',
      'trade: 2 sells 10 of 0 at 3000 with 3 for 30000',
    ]);
    const { events } = driver.place(2, 0, order);
    expect(trades(events)).toHaveLength(2);
    // What is left rests where the quote was.
    expect(levels(driver)).toEqual([[], [[3_000, 10]]]);
    driver.engine.checkInvariants();
  });

  it('counts in a plan what the window has already', () => {
    const driver = exchange();
    driver.quoteGroup(1, 'g', { window: 1_000, size: 10, delta: 100 });
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }, { outcome: 1, ask: [6_500, 10] }]);
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 6 });
    driver.place(3, 0, { price: 3_000, size: 10 });
    const order = { side: 'sell', price: 3_500, size: 14, tif: 'FOK' } as const;
    expect(driver.place(2, 0, order)).toMatchObject({ code: 'FOK_NOT_FILLED' });
    // A window that has ended counts no more.
    driver.time += 1_000;
    expect(trades(driver.place(2, 0, order).events)).toHaveLength(2);
    const short = exchange();
    short.quoteGroup(1, 'g', { window: 1_000, delta: 10 });
    short.quotes(1, 'g', [{ bid: [4_000, 10] }, { outcome: 1, ask: [6_500, 10] }]);
    short.place(2, 0, { side: 'sell', price: 4_000, size: 6 });
    expect(short.place(2, 0, order)).toMatchObject({ code: 'FOK_NOT_FILLED' });
  });

  it('is what a price asked for counts with', () => {
    const driver = exchange();
    driver.quoteGroup(1, 'g', { window: 1_000, size: 10 });
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }, { outcome: 1, ask: [6_500, 10] }]);
    expect(priceOfSale(driver, 20)).toMatchObject({ lots: 10, cost: 40_000 });
    expect(priceOfSale(Object.assign(driver, { engine: Engine.restore(driver.engine.snapshot()) }), 20).lots).toBe(10);
    const market = driver.place(2, 0, { side: 'sell', type: 'market', size: 20 });
    expect(trades(market.events)).toHaveLength(1);
  });

  it('counts what is bought and sold, over all markets and outcomes, in the terms of the book', () => {
    const driver = quoted({ window: 1_000, delta: 15 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 9 }); // +9
    driver.place(2, 0, { price: 6_000, size: 10 }); // −10
    expect(group(driver)).toMatchObject({ filled: 19, delta: -1 });
    driver.place(2, 0, { outcome: 1, side: 'sell', price: 3_000, size: 10 }); // a bid for NO: −10
    expect(group(driver)).toMatchObject({ filled: 29, delta: -11 });
    driver.place(2, 1, { side: 'sell', price: 4_000, size: 10 }); // +10
    expect(group(driver)).toMatchObject({ filled: 39, delta: -1 });
    driver.quotes(1, 'g', [{ ask: [6_000, 30] }]);
    const { events } = driver.place(2, 0, { price: 6_000, size: 14 });
    expect(events).toContain('group g of 1 tripped: 53 -15 until Infinity');
    driver.engine.checkInvariants();
  });

  it('counts within its window, which begins with a fill', () => {
    const driver = quoted({ window: 100, size: 10 });
    const sell = (size: number) => driver.place(2, 0, { side: 'sell', price: 4_000, size });
    driver.time += 1_000;
    sell(4);
    driver.time += 99;
    sell(1);
    expect(group(driver)).toMatchObject({ filled: 5 });
    driver.time += 1;
    driver.expire();
    // Its first fill was 100 ms ago: over.
    expect(group(driver)).toMatchObject({ filled: 0 });
    sell(5);
    expect(group(driver)).toMatchObject({ filled: 5, frozenUntil: 0 });
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }]);
    driver.time += 99;
    restart(driver);
    sell(5);
    expect(group(driver)).toMatchObject({ frozenUntil: -1 });
  });

  it('ends its window when it would have, restarted or not', () => {
    const driver = quoted({ window: 100, size: 10 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 4 });
    driver.time += 50;
    driver.expire();
    restart(driver);
    driver.time += 50;
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 6 });
    expect(group(driver)).toMatchObject({ filled: 6, frozenUntil: 0 });
  });

  it('freezes the group: it is refused but for removals, until then or a reset', () => {
    const driver = quoted({ window: 1_000, frozen: 500, size: 1 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 1 });
    const until = driver.time + 500;
    driver.time = until - 1;
    const refused = driver.quotes(1, 'g', [{ bid: null }, { bid: [4_000, 1] }]);
    expect(refused).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      field: 'group',
      limit: 'marketMakerProtection',
      value: until,
    });
    expect(refused.events).toEqual([]);
    expect(driver.quotes(1, 'g', [{ bid: null, ask: null }, {}]).code).toBeUndefined();
    expect(driver.quotes(1, 'free', [{ bid: [3_100, 10] }]).code).toBeUndefined();
    restart(driver);
    driver.time = until;
    expect(driver.quotes(1, 'g', [{ bid: [4_000, 1] }]).code).toBeUndefined();

    driver.quoteGroup(1, 'g', { window: 1_000, size: 1 });
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 1 });
    driver.time += 1e9;
    expect(driver.quotes(1, 'g', [{ bid: [4_000, 1] }])).toMatchObject({ limit: 'marketMakerProtection', value: -1 });
    // A new protection, or none, does not end it.
    expect(driver.quoteGroup(1, 'g', { window: 5, size: 9 }).events).toEqual([
      'group g of 1 configured: 0 0 until Infinity',
    ]);
    expect(driver.quotes(1, 'g', [{ bid: [4_000, 1] }]).code).toBe('LIMIT_EXCEEDED');
    expect(driver.quoteGroup(1, 'g', undefined, true).events).toEqual(['group g of 1 reset: 0 0 until 0']);
    expect(driver.quotes(1, 'g', [{ bid: [4_000, 1] }]).code).toBeUndefined();
    driver.engine.checkInvariants();
  });

  it('ends one command after the other: two groups in one plan, a loop of plans', () => {
    const driver = exchange();
    driver.quoteGroup(1, 'g', { window: 1_000, size: 10 });
    driver.quoteGroup(2, 'h', { window: 1_000, size: 5 });
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }, { outcome: 1, ask: [6_500, 1] }]);
    driver.quotes(2, 'h', [{ bid: [4_000, 10] }, { outcome: 1, ask: [6_500, 1] }]);
    const { events } = driver.place(3, 0, { side: 'sell', price: 100, size: 21 });
    expect(trades(events)).toHaveLength(2);
    expect(events.filter((line) => line.startsWith('group'))).toEqual([
      'group g of 1 tripped: 10 10 until Infinity',
      'group h of 2 tripped: 10 10 until Infinity',
    ]);
    expect(levels(driver)).toEqual([[], [[100, 1]]]);
  });
});

describe('with more than a book', () => {
  it('a set may hit the limit; the next goes without the group', () => {
    const driver = exchange({ outcomes: 3 });
    driver.quoteGroup(1, 'g', { window: 1_000, size: 5 });
    driver.quotes(1, 'g', [
      { outcome: 1, bid: [3_000, 5] },
      { outcome: 1, against: true, ask: [7_100, 5] },
    ]);
    driver.place(3, 0, { outcome: 1, price: 2_500, size: 5 });
    driver.place(3, 0, { outcome: 2, price: 3_000, size: 20 });
    const { events } = driver.place(2, 0, { price: 4_600, size: 10 });
    expect(trades(events).filter((line) => line.includes('of 1 at'))).toEqual([
      'trade: 2 sells 5 of 1 at 3000 with 1 for 15000',
      'trade: 2 sells 5 of 1 at 2500 with 3 for 12500',
    ]);
    expect(levels(driver, 1)).toEqual([[], []]);
    driver.engine.checkInvariants();
  });

  it('the maker may hit it, too', () => {
    const driver = exchange({ type: 'hybrid', outcomes: 3, b: 1_000 });
    driver.quoteGroup(1, 'g', { window: 1_000, size: 1 });
    driver.quotes(1, 'g', [
      { outcome: 1, ask: [3_400, 5] },
      { outcome: 1, against: true, bid: [6_500, 5] },
    ]);
    const { events } = driver.place(2, 0, { side: 'sell', price: 1_000, size: 500 });
    expect(trades(events).filter((line) => line.includes('at 3400'))).toHaveLength(1);
    expect(trades(events).filter((line) => line.includes('at 3500'))).toHaveLength(0);
    expect(levels(driver, 1)).toEqual([[], []]);
    driver.engine.checkInvariants();
  });

  it('the maker trades past quotes that are passed over, at one go', () => {
    const driver = exchange({ type: 'hybrid', b: 10_000 });
    driver.quoteGroup(1, 'g', { window: 1_000, size: 1 });
    driver.quotes(1, 'g', [{ ask: [5_100, 10] }, { outcome: 1, bid: [4_800, 10] }]);
    driver.place(3, 0, { side: 'sell', price: 5_300, size: 10 });
    const { events } = driver.place(2, 0, { price: 5_300, size: 5_000 });
    expect(trades(events).map((line) => line.split(' with ')[0])).toEqual([
      expect.stringMatching(/at 0$/),
      'trade: 2 buys 10 of 0 at 5100',
      expect.stringMatching(/at 0$/),
      'trade: 2 buys 10 of 0 at 5300',
    ]);
    expect(levels(driver)).toEqual([[[5_300, expect.any(Number)]], []]);
    driver.engine.checkInvariants();
  });

  it('an auction counts, and withdraws what it has left', () => {
    const driver = exchange();
    driver.quoteGroup(1, 'g', { window: 1_000, size: 5 });
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }, { outcome: 1, ask: [6_100, 10] }]);
    driver.haltForAuction(0);
    driver.place(2, 0, { side: 'sell', price: 3_900, size: 12 });
    const { events } = driver.step('RESUME', 0);
    expect(trades(events)).toHaveLength(2);
    expect(events).toContain('group g of 1 tripped: 12 12 until Infinity');
    expect(levels(driver)).toEqual([[], []]);
    driver.engine.checkInvariants();
  });
});

describe('a quote group', () => {
  it('is created, set, lifted, asked for', () => {
    const driver = exchange();
    expect(driver.quoteGroup(1, 'g')).toMatchObject({ code: 'NOT_FOUND', field: 'group' });
    expect(driver.quoteGroup(1, 'g', undefined, true)).toMatchObject({ code: 'NOT_FOUND', field: 'group' });
    expect(driver.quoteGroup(1, 'g', { window: 10, size: 5 }).events).toEqual(['group g of 1 created: 0 0 until 0']);
    expect(driver.quoteGroup(1, 'g', undefined).events).toEqual(['group g of 1 configured: 0 0 until 0']);
    expect(group(driver)).toMatchObject({ windowMs: 10 });
    expect(driver.quoteGroup(1, 'g', null, true).events).toEqual(['group g of 1 reset: 0 0 until 0']);
    expect(group(driver)).toMatchObject({ windowMs: 0 });
    expect(driver.quoteGroup(9, 'g', null)).toMatchObject({ code: 'NOT_FOUND', field: '' });
    expect(driver.quoteGroup(1, '', null)).toMatchObject({ code: 'INVALID_REQUEST', field: 'group' });
    for (let i = 2; i <= 32; i++) driver.quoteGroup(1, `g${i}`, null);
    expect(driver.quoteGroup(1, 'more', null)).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      limit: 'quoteGroupsPerAccount',
    });
    expect(driver.engine.image().quoteGroups).toHaveLength(32);
    expect(driver.engine.image().quoteGroups[1]).toEqual({ account: 1, group: 2, name: 'g2' });
  });

  const invalid: [string, ProtectionInput][] = [
    ['neither limit', { window: 10 }],
    ['a negative window', { window: -1, size: 1 }],
    ['more than a day', { window: 86_400_001, size: 1 }],
    ['a freeze of more than a day', { window: 10, frozen: 86_400_001, size: 1 }],
    ['a negative freeze', { window: 10, frozen: -1, size: 1 }],
    ['a negative size', { window: 10, size: -1, delta: 1 }],
    ['more than an order has', { window: 10, size: 1_000_000_001 }],
    ['a larger delta', { window: 10, size: 1, delta: 1_000_000_001 }],
  ];
  it.each(invalid)('refuses %s', (_, protection) => {
    const driver = exchange();
    expect(driver.quoteGroup(1, 'g', protection)).toMatchObject({ code: 'INVALID_REQUEST', field: 'protection' });
    expect(driver.engine.image().quoteGroups).toEqual([]);
    expect(driver.quoteGroup(1, 'g', { window: 86_400_000, frozen: 86_400_000, size: 1e9, delta: 1e9 }).code).toBe(
      undefined,
    );
  });
});
