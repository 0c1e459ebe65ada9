import { describe, expect, it } from 'vitest';
import type { EngineDriver, QuoteInput } from '../../support/engineDriver.ts';
import { exchange, GRANT, marketOf, restart } from '../rules/exchange.ts';

const quotesOf = (driver: EngineDriver, account: number) =>
  driver.query('QUERY_QUOTES', account) as {
    quotes: { group: number; market: number; terms: number; price: number; remaining: number }[];
    groups: Record<string, unknown>[];
  };
const shown = (driver: EngineDriver, account = 1): [number, number, number][] =>
  quotesOf(driver, account).quotes.map(({ terms, price, remaining }) => [terms & 1, price, remaining]);

describe('a mass quote', () => {
  it('rests both sides, item by item, with one balance', () => {
    const driver = exchange({ outcomes: 3 });
    const { code, count, events } = driver.quotes(1, 'g', [
      { outcome: 0, bid: [3_000, 10], ask: [3_200, 20] },
      { outcome: 2, against: true, bid: [6_000, 5] },
    ]);
    expect([code, count]).toEqual([undefined, 0]);
    expect(events).toEqual([
      'group g of 1 created: 0 0 until 0',
      'level buy 0 at 3000: 10',
      'order of 1: buy 0 at 3000 open 0/10',
      'level sell 0 at 3200: 20',
      'order of 1: sell 0 at 3200 open 0/20',
      'level sell 2 at 4000: 5',
      'order of 1: sell 2 at 4000 open 0/5',
      `balance of 1: ${GRANT} held ${10 * 3_000 + 20 * 6_800 + 5 * 6_000}`,
    ]);
    expect(driver.account(1).orders).toEqual([]);
    expect(quotesOf(driver, 1)).toMatchObject({
      quotes: [
        { group: 1, market: 0, price: 3_000, remaining: 10 },
        { group: 1, market: 0, price: 3_200, remaining: 20 },
        { group: 1, market: 0, price: 4_000, remaining: 5 },
      ],
      groups: [{ group: 1, name: 'g', windowMs: 0, frozenUntil: 0 }],
    });
    driver.engine.checkInvariants();
    restart(driver);
  });

  const steps: [string, QuoteInput, string[], [number, number, number][]][] = [
    [
      'the same again: nothing',
      { bid: [4_000, 10], ask: [5_000, 10] },
      [],
      [
        [0, 4_000, 10],
        [1, 5_000, 10],
      ],
    ],
    [
      'only one side named',
      { ask: [5_100, 10] },
      ['level sell 0 at 5000: 0', 'level sell 0 at 5100: 10'],
      [
        [0, 4_000, 10],
        [1, 5_100, 10],
      ],
    ],
    ['null removes', { bid: null }, ['level buy 0 at 4000: 0'], [[1, 5_000, 10]]],
    [
      'smaller',
      { bid: [4_000, 4] },
      ['level buy 0 at 4000: 4'],
      [
        [0, 4_000, 4],
        [1, 5_000, 10],
      ],
    ],
    [
      'larger',
      { bid: [4_000, 14] },
      ['level buy 0 at 4000: 0', 'level buy 0 at 4000: 14'],
      [
        [0, 4_000, 14],
        [1, 5_000, 10],
      ],
    ],
    [
      'up through the own ask: the ask first',
      { bid: [5_000, 10], ask: [5_500, 10] },
      ['level sell 0 at 5000: 0', 'level sell 0 at 5500: 10', 'level buy 0 at 4000: 0', 'level buy 0 at 5000: 10'],
      [
        [0, 5_000, 10],
        [1, 5_500, 10],
      ],
    ],
    [
      'down through the own bid: the bid first',
      { bid: [3_000, 10], ask: [4_000, 10] },
      ['level buy 0 at 4000: 0', 'level buy 0 at 3000: 10', 'level sell 0 at 5000: 0', 'level sell 0 at 4000: 10'],
      [
        [0, 3_000, 10],
        [1, 4_000, 10],
      ],
    ],
    [
      'a removal makes room',
      { bid: [5_000, 10], ask: null },
      ['level sell 0 at 5000: 0', 'level buy 0 at 4000: 0', 'level buy 0 at 5000: 10'],
      [[0, 5_000, 10]],
    ],
  ];
  it.each(steps)('%s', (_, quote, levels, after) => {
    const driver = exchange();
    driver.quotes(1, 'g', [{ bid: [4_000, 10], ask: [5_000, 10] }]);
    const { code, refused, events } = driver.quotes(1, 'g', [quote]);
    expect([code, refused]).toEqual([undefined, []]);
    expect(events.filter((line) => line.startsWith('level'))).toEqual(levels);
    if (levels.length === 0) expect(events).toEqual([]);
    expect(shown(driver)).toEqual(after);
    driver.engine.checkInvariants();
  });

  it('of the second outcome stands in the book of the first', () => {
    const driver = exchange();
    driver.quotes(1, 'g', [{ outcome: 1, bid: [4_000, 10], ask: [5_000, 7] }]);
    expect(marketOf(driver).books[0]).toEqual({ outcome: 0, bids: [[5_000, 7]], asks: [[6_000, 10]] });
    driver.quotes(1, 'g', [
      { outcome: 0, bid: [4_000, 3] },
      { outcome: 1, bid: [4_100, 10], ask: [5_100, 7] },
    ]);
    expect(marketOf(driver).books[0]).toEqual({
      outcome: 0,
      bids: [
        [4_900, 7],
        [4_000, 3],
      ],
      asks: [[5_900, 10]],
    });
    // Each at its own key: one group may quote both outcomes.
    expect(shown(driver)).toEqual([
      [0, 4_000, 3],
      [0, 4_900, 7],
      [1, 5_900, 10],
    ]);
    // Where both names are in one item of NO: the new bid meets its own old ask, in NO's terms.
    driver.quotes(1, 'g', [{ outcome: 1, bid: [5_200, 1], ask: [5_400, 1] }]);
    expect(marketOf(driver).books[0]?.asks).toEqual([[4_800, 1]]);
    driver.engine.checkInvariants();
  });

  it('keeps its place when it becomes smaller, and goes to the back when it becomes larger', () => {
    const driver = exchange();
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }]);
    driver.quotes(2, 'g', [{ bid: [4_000, 10] }]);
    driver.quotes(1, 'g', [{ bid: [4_000, 6] }]);
    driver.place(3, 0, { side: 'sell', price: 4_000, size: 2 });
    expect(shown(driver)).toEqual([[0, 4_000, 4]]);
    // What shall rest, whatever was filled.
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }]);
    expect(shown(driver)).toEqual([[0, 4_000, 10]]);
    driver.place(3, 0, { side: 'sell', price: 4_000, size: 2 });
    expect([shown(driver), shown(driver, 2)]).toEqual([[[0, 4_000, 10]], [[0, 4_000, 8]]]);
    driver.engine.checkInvariants();
  });

  it('goes on as another order where one may not have so much in all', () => {
    const driver = exchange({ orderLots: 10 });
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }]);
    driver.place(2, 0, { side: 'sell', price: 4_000, size: 4 });
    const { refused, events } = driver.quotes(1, 'g', [{ bid: [4_100, 10] }]);
    expect(refused).toEqual([]);
    expect(events.slice(0, 4)).toEqual([
      'order of 1: buy 0 at 4000 canceled 4/10',
      'level buy 0 at 4000: 0',
      'level buy 0 at 4100: 10',
      'order of 1: buy 0 at 4100 open 0/10',
    ]);
    // A refused one is as it was.
    driver.place(2, 0, { side: 'sell', price: 4_100, size: 4 });
    expect(driver.quotes(1, 'g', [{ bid: [4_150, 10] }]).refused).toEqual(['0: PRICE_NOT_ON_TICK price']);
    expect(driver.quotes(1, 'g', [{ bid: [4_200, 11] }]).refused).toEqual([
      '0: LIMIT_EXCEEDED size marketOrderLots 10',
    ]);
    expect(shown(driver)).toEqual([[0, 4_100, 6]]);
    driver.engine.checkInvariants();
  });
});

describe('refuses', () => {
  it('the whole command', () => {
    const driver = exchange();
    const bid: QuoteInput = { bid: [4_000, 10] };
    driver.quotes(1, 'known', [bid]);
    const seen = [
      driver.quotes(9, 'g', [bid]),
      driver.quotes(1, 'g', []),
      driver.quotes(1, 'g', new Array<QuoteInput>(101).fill(bid)),
      driver.quotes(1, '', [bid]),
      driver.quotes(1, 'g', [bid], { deadline: driver.time - 1 }),
    ].map(({ code, field, events }) => [code, field, events.length]);
    expect(seen).toEqual([
      ['NOT_FOUND', '', 0],
      ['INVALID_REQUEST', 'requests', 0],
      ['INVALID_REQUEST', 'requests', 0],
      ['INVALID_REQUEST', 'group', 0],
      ['DEADLINE_PASSED', 'deadline', 0],
    ]);
    driver.accountRisk(1, true);
    expect(driver.quotes(1, 'known', [{ bid: null }])).toMatchObject({ code: 'FORBIDDEN', field: '' });
    driver.accountRisk(1, false);
    for (let i = 2; i <= 32; i++) expect(driver.quotes(1, `g${i}`, [{}]).code).toBeUndefined();
    expect(driver.quotes(1, 'g33', [bid])).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', field: 'group', limit: 'quoteGroupsPerAccount', value: 32 },
    });
    expect(driver.quotes(1, 'known', [bid], { deadline: driver.time }).code).toBeUndefined();
    expect(shown(driver)).toEqual([[0, 4_000, 10]]);
  });

  const sides: [string, QuoteInput, string[]][] = [
    ['an unknown market', { market: 7, bid: [4_000, 1], ask: [5_000, 1] }, ['2: UNKNOWN_MARKET market']],
    ['an unknown outcome', { outcome: 2, bid: [4_000, 1] }, ['2: UNKNOWN_OUTCOME outcome']],
    ['NO of an outcome of two', { outcome: 1, against: true, bid: [4_000, 1] }, ['2: INVALID_REQUEST outcome']],
    [
      'a price off the tick',
      { bid: [4_050, 1], ask: [5_050, 1] },
      ['2: PRICE_NOT_ON_TICK price', '3: PRICE_NOT_ON_TICK price'],
    ],
    ['no price', { bid: [0, 1], ask: [10_000, 1] }, ['2: PRICE_OUT_OF_RANGE price', '3: PRICE_OUT_OF_RANGE price']],
    ['half a lot', { bid: [4_000, -1] }, ['2: SIZE_NOT_ON_LOT size']],
    ['no size', { bid: [4_000, -3] }, ['2: SIZE_INVALID size']],
    ['too large a size', { ask: [5_000, -2] }, ['3: LIMIT_EXCEEDED size orderLots 1000000000']],
    ['what nobody can pay', { bid: [4_000, 50_000] }, ['2: INSUFFICIENT_FUNDS size']],
    ['a bid that would trade', { bid: [6_000, 1] }, ['2: POST_ONLY_WOULD_TRADE price']],
    ['an ask that would', { ask: [3_000, 1] }, ['3: POST_ONLY_WOULD_TRADE price']],
    [
      'both',
      { bid: [6_000, 1], ask: [3_000, 1] },
      ['2: POST_ONLY_WOULD_TRADE price', '3: POST_ONLY_WOULD_TRADE price'],
    ],
  ];
  it.each(sides)('a side: %s', (_, quote, refused) => {
    for (const before of [false, true]) {
      const driver = exchange();
      driver.place(2, 0, { price: 3_000, size: 1 });
      driver.place(2, 0, { side: 'sell', price: 6_000, size: 1 });
      if (before) driver.quotes(1, 'g', [{ bid: [3_500, 2], ask: [5_500, 2] }]);
      const result = driver.quotes(1, 'g', [{ bid: [3_400, 1] }, quote, { ask: [5_600, 1] }]);
      expect([result.code, result.refused.sort(), result.count]).toEqual([undefined, refused, refused.length]);
      expect(shown(driver)).toEqual([
        [0, 3_400, 1],
        [1, 5_600, 1],
      ]);
      driver.engine.checkInvariants();
    }
  });

  it('a bid beyond the collar, more than a position, more orders than one may have', () => {
    const driver = exchange({ positionLots: 10 });
    driver.place(2, 0, { price: 5_000, size: 1 });
    driver.place(3, 0, { side: 'sell', price: 5_000, size: 1 });
    driver.configure(0, { collar: 300 });
    expect(driver.quotes(1, 'g', [{ bid: [5_400, 1] }]).refused).toEqual(['0: PRICE_OUT_OF_RANGE price']);
    expect(driver.quotes(1, 'g', [{ bid: [4_000, 10] }]).refused).toEqual([]);
    expect(driver.quotes(1, 'g', [{ bid: [4_100, 11] }]).refused).toEqual(['0: LIMIT_EXCEEDED size positionLots 10']);
    expect(driver.quotes(1, 'h', [{ bid: [4_100, 1] }]).refused).toEqual(['0: LIMIT_EXCEEDED size positionLots 10']);
    driver.accountRisk(1, false, 1);
    expect(driver.quotes(1, 'h', [{ ask: [6_000, 1] }]).refused).toEqual(['1: LIMIT_EXCEEDED  openOrdersPerAccount 1']);
    expect(driver.quotes(1, 'g', [{ bid: [4_100, 10] }]).refused).toEqual([]);
  });

  it('what does not rest in a market that is not open; a removal always', () => {
    const driver = exchange();
    driver.quotes(1, 'g', [{ bid: [4_000, 10], ask: [6_000, 10] }]);
    driver.haltForAuction(0);
    expect(driver.quotes(1, 'g', [{ bid: [4_100, 10] }, { ask: [6_000, 10] }]).refused).toEqual([
      '0: MARKET_NOT_OPEN market',
    ]);
    expect(driver.quotes(1, 'g', [{ bid: null }]).refused).toEqual([]);
    expect(driver.quotes(1, 'g', [{ bid: [4_000, 10] }]).refused).toEqual(['0: MARKET_NOT_OPEN market']);
    expect(shown(driver)).toEqual([[1, 6_000, 10]]);
    const hybrid = exchange({ type: 'lmsr' });
    expect(hybrid.quotes(1, 'g', [{ bid: [100, 10] }]).refused).toEqual(['0: INVALID_REQUEST tif']);
  });
});

describe('a quote', () => {
  it('is not to be amended or canceled by its order id, but with everything else', () => {
    const driver = exchange();
    driver.quotes(1, 'g', [{ bid: [4_000, 10] }]);
    const { books } = driver.query('QUERY_BOOK', 0, 0) as { books: { orders: [number][] }[] };
    const id = books[0]?.orders[0]?.[0] as number;
    expect(driver.amend(1, 0, id, { size: 5 })).toMatchObject({ code: 'UNKNOWN_ORDER', field: 'orderId' });
    expect(driver.cancel(1, 0, id)).toMatchObject({ code: 'UNKNOWN_ORDER', field: 'orderId' });
    expect(driver.cancelAll(1).count).toBe(1);
    expect(shown(driver)).toEqual([]);
    driver.engine.checkInvariants();
  });

  it('is canceled with its group, its market, or all', () => {
    const driver = exchange();
    driver.createMarket('other');
    const both: QuoteInput[] = [
      { bid: [4_000, 1], ask: [6_000, 1] },
      { market: 1, bid: [4_000, 1] },
    ];
    const start = (): void => {
      driver.quotes(1, 'a', both);
      driver.quotes(1, 'b', both.slice(1));
    };
    start();
    expect(driver.cancelQuotes(1, 'a').count).toBe(3);
    expect(driver.cancelQuotes(1, 'nobody').count).toBe(0);
    expect(driver.cancelQuotes(1).count).toBe(1);
    start();
    expect(driver.cancelQuotes(1, '', 1).count).toBe(2);
    expect(driver.cancelQuotes(1, 'b', 0).count).toBe(0);
    const { count, events } = driver.cancelQuotes(1, 'a', 0);
    expect([count, events]).toEqual([
      2,
      [
        'order of 1: buy 0 at 4000 canceled 0/1',
        'level buy 0 at 4000: 0',
        'order of 1: sell 0 at 6000 canceled 0/1',
        'level sell 0 at 6000: 0',
        `balance of 1: ${GRANT} held 0`,
      ],
    ]);
    expect(driver.cancelQuotes(9)).toMatchObject({ code: 'NOT_FOUND', field: '' });
    expect(driver.cancelQuotes(1, '', 5)).toMatchObject({ code: 'UNKNOWN_MARKET', field: 'market' });
    driver.engine.checkInvariants();
  });
});
