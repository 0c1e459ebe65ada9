import { describe, expect, test } from 'vitest';
import { LIMIT_NAMES } from '../../src/engines/limits.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { encodeCancelQuotes, encodeQuoteGroup, encodeQuotes, quoteResults } from '../../src/gateway/orders/quotes.ts';
import { protectionFields, quoteFields, quoteView } from '../../src/gateway/orders/quotesView.ts';
import { engineRefusal } from '../../src/gateway/orders/refusals.ts';
import * as answers from '../../src/protocol/answers.ts';
import type { ErrorCode } from '../../src/protocol/errors.ts';
import type { QuoteEntry, Request } from '../../src/protocol/requests.ts';
import { streams } from '../../src/protocol/streams.ts';
import { begin, imageOf, marketImage, orderValues, writeDone, writeOrder } from './support/records.ts';

/** Mass quotes as records, and their answers from records: what no engine is needed to see. */

const data = new MarketData(
  imageOf(
    marketImage({ market: 0, slug: 'rain' }),
    marketImage({ market: 1, slug: 'snow', outcomes: ['A', 'B', 'C'] }),
  ),
);
const of = (price: string, size: string) => ({ price, size });
type QuotesRequest = Extract<Request, { op: 'quotes' }>;
const asked = (quotes: QuoteEntry[], more: Partial<QuotesRequest> = {}): QuotesRequest => ({
  ...{ id: 1, op: 'quotes', group: 'mm', quotes },
  ...more,
});

function encoded(request: QuotesRequest, connection = 0) {
  const buffer = new R.RecordBuffer(64);
  const written = encodeQuotes({ buffer }, data, 9, connection, request);
  const at = typeof written === 'number' ? written : written.at;
  const items: number[][] = [];
  for (let i = 0; at >= 0 && i < (buffer.i32[at + C.QUOTES_COUNT] as number); i++) {
    const from = at + C.QUOTES_ITEMS + i * C.QUOTE_WORDS;
    items.push(Array.from(buffer.i32.subarray(from, from + C.QUOTE_WORDS)));
  }
  return { buffer, at, items, errors: typeof written === 'number' ? undefined : written.errors };
}

describe('the record of a mass quote', () => {
  test('has each quote with its sides: set, removed, left', () => {
    const { buffer, at, items } = encoded(
      asked(
        [
          { market: 'rain', bid: of('0.45', '10'), ask: of('0.55', '2.5') },
          { market: 'rain', outcome: 'NO', bid: null, ask: of('0.5', '1') },
          { market: 'snow', outcome: 'C', against: true, bid: of('0.1', '1') },
        ],
        { deadline: 17, group: 'abc' },
      ),
      5,
    );
    expect(items).toEqual([
      [0, 0, 4500, 1000, 5500, 250],
      [0, 1 << 8, 0, 0, 5000, 100],
      [1, (2 << 8) | C.AGAINST, 1000, 100, 0, C.KEEP],
    ]);
    const { i32, f64 } = buffer;
    expect(at + (i32[at] as number)).toBe(buffer.words);
    expect([i32[at + R.KIND], i32[at + R.ACCOUNT], i32[at + R.MARKET]]).toEqual([C.COMMAND.QUOTES, 9, -1]);
    expect([i32[at + C.QUOTES_CONNECTION], f64[(at + C.QUOTES_DEADLINE) >> 1]]).toEqual([5, 17]);
    expect(C.readClientId(i32, at + C.GROUP_NAME, i32[at + C.GROUP_NAME_LENGTH] as number)).toBe('abc');
  });

  test('gives prices and sizes that are none to the engine as such: a size of 0 does not remove', () => {
    const sides = [of('0', '0'), of('0.00001', '0.001'), of('2', '99999999'), of('-1', '-1')];
    const { items } = encoded(asked(sides.map((bid) => ({ market: 'rain', bid }))));
    expect(items.map(([, , price, size]) => [price, size])).toEqual([
      [0, -3],
      [-1, -1],
      [0, -2],
      [0, -3],
    ]);
  });

  test('is without what cannot be sent, whose errors name it', () => {
    const { buffer, at, items, errors } = encoded(
      asked([
        { market: 'nowhere', bid: null },
        { market: 'rain', bid: null },
        { market: 'rain', outcome: 'MAYBE', bid: null },
        { market: 'snow', bid: null },
        { market: 'rain', against: true, bid: null },
      ]),
    );
    expect(items).toEqual([[0, 0, 0, 0, 0, C.KEEP]]);
    expect(at + (buffer.i32[at] as number)).toBe(buffer.words);
    expect(errors?.map((error) => error && [error.code, error.field])).toEqual([
      ['UNKNOWN_MARKET', 'quotes.0.market'],
      undefined,
      ['UNKNOWN_OUTCOME', 'quotes.2.outcome'],
      ['INVALID_REQUEST', 'quotes.3.outcome'],
      ['INVALID_REQUEST', 'quotes.4.against'],
    ]);
  });

  test('is not there where nothing can be sent', () => {
    const { buffer, at, errors } = encoded(asked([{ market: 'nowhere' }, { market: 'nowhere' }]));
    expect([at, buffer.words, errors?.length]).toEqual([-1, 0, 2]);
  });

  test('of a hundred quotes fits into any buffer', () => {
    const quote = { market: 'rain', bid: of('0.4', '1'), ask: of('0.6', '1') };
    expect(encoded(asked(new Array(100).fill(quote))).items).toHaveLength(100);
  });
});

describe('the results of a mass quote', () => {
  /** A side or (`field` of both) a quote that was refused: the DONE of an item. */
  type Refused = { item: number; code: ErrorCode; field?: E.Field; limit?: number; value?: number };

  function results(count: number, refused: Refused[], errors?: ReturnType<typeof encoded>['errors']) {
    const events = new R.RecordBuffer();
    writeOrder(events, orderValues(), 9);
    for (const { item, code, field = '', limit = 0, value = 0 } of refused) {
      const at = writeDone(events, C.COMMAND.QUOTES, 7, 9);
      events.i32[at + R.CODE] = E.codeNumber(code);
      events.i32[at + E.DONE_FIELD] = E.fieldNumber(field);
      events.i32[at + E.DONE_FLAGS] = E.ITEM;
      events.i32[at + E.DONE_COUNT] = item;
      events.i32[at + E.DONE_LIMIT] = limit;
      events.f64[(at + E.DONE_LIMIT_VALUE) >> 1] = value;
    }
    const doneAt = writeDone(events, C.COMMAND.QUOTES, 7, 9);
    events.i32[doneAt + E.DONE_COUNT] = refused.length;
    const { results: list } = JSON.parse(`{${quoteResults(events, 0, doneAt, count, errors)}}`);
    return answers.answers.quotes.shape.results.parse(list);
  }

  test('of one that was taken whole', () => {
    expect(results(3, [])).toEqual([{ ok: true }, { ok: true }, { ok: true }]);
    expect(results(1, [])).toEqual([{ ok: true }]);
  });

  test('name each side that was refused, with the field of the request', () => {
    const list = results(4, [
      { item: 2, code: 'POST_ONLY_WOULD_TRADE', field: 'price' },
      { item: 3, code: 'LIMIT_EXCEEDED', field: 'size', limit: LIMIT_NAMES.indexOf('orderLots'), value: 1e9 },
      { item: 5, code: 'MARKET_NOT_OPEN', field: 'market' },
      { item: 6, code: 'INVALID_REQUEST', field: 'tif' },
    ]);
    expect(list).toMatchObject([
      { ok: true },
      {
        ok: false,
        bid: { code: 'POST_ONLY_WOULD_TRADE', field: 'quotes.1.bid.price' },
        ask: { code: 'LIMIT_EXCEEDED', field: 'quotes.1.ask.size', limit: { name: 'orderSize', value: '10000000.00' } },
      },
      { ok: false, ask: { code: 'MARKET_NOT_OPEN', field: 'quotes.2.market' } },
      { ok: false, bid: { code: 'INVALID_REQUEST', field: 'quotes.3.market' } },
    ]);
    expect(list[2]).not.toHaveProperty('bid');
    expect(list[2]).not.toHaveProperty('error');
  });

  test('name a quote that was refused as a whole', () => {
    const refused: Refused[] = [
      { item: 0, code: 'UNKNOWN_MARKET', field: 'market' },
      { item: 2, code: 'UNKNOWN_OUTCOME', field: 'outcome' },
      { item: 4, code: 'INVALID_REQUEST', field: 'outcome' },
    ];
    expect(results(3, refused)).toMatchObject([
      { ok: false, error: { code: 'UNKNOWN_MARKET', field: 'quotes.0.market' } },
      { ok: false, error: { code: 'UNKNOWN_OUTCOME', field: 'quotes.1.outcome' } },
      { ok: false, error: { code: 'INVALID_REQUEST', field: 'quotes.2.outcome' } },
    ]);
  });

  test('keep their places where some were not sent', () => {
    const { errors } = encoded(
      asked([{ market: 'nowhere' }, { market: 'rain' }, { market: 'no' }, { market: 'rain' }]),
    );
    const list = results(4, [{ item: 3, code: 'SIZE_INVALID', field: 'size' }], errors);
    expect(list).toMatchObject([
      { ok: false, error: { field: 'quotes.0.market' } },
      { ok: true },
      { ok: false, error: { field: 'quotes.2.market' } },
      { ok: false, ask: { field: 'quotes.3.ask.size' } },
    ]);
    expect(results(4, [], errors).map(({ ok }) => ok)).toEqual([false, true, false, true]);
  });
});

describe('a frozen group', () => {
  const PROTECTION = LIMIT_NAMES.findIndex((name: string) => name === 'marketMakerProtection');
  function refusedAt(value: number) {
    const events = new R.RecordBuffer();
    const at = writeDone(events, C.COMMAND.QUOTES, 7, 9);
    events.i32[at + R.CODE] = E.codeNumber('LIMIT_EXCEEDED');
    events.i32[at + E.DONE_FIELD] = E.fieldNumber('group');
    events.i32[at + E.DONE_LIMIT] = PROTECTION;
    events.f64[(at + E.DONE_LIMIT_VALUE) >> 1] = value;
    return answers.wireError.parse(engineRefusal(events, at));
  }

  test.skipIf(PROTECTION < 0)('says until when, and how long that is', () => {
    // The command’s time is 7 ms after the builder’s beginning.
    expect(refusedAt(1_700_000_000_107)).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      field: 'group',
      limit: { name: 'marketMakerProtection', value: 1_700_000_000_107 },
      retryAfterMs: 100,
    });
  });

  test.skipIf(PROTECTION < 0).each([[-1], [Number.POSITIVE_INFINITY]])('or that it must be reset (%d)', (value) => {
    const error = refusedAt(value);
    expect(error.limit).toEqual({ name: 'marketMakerProtection', value: 'reset' });
    expect(error).not.toHaveProperty('retryAfterMs');
  });
});

describe('the other records', () => {
  test('name a group, or none, and a market or all', () => {
    const buffer = new R.RecordBuffer();
    const one = encodeCancelQuotes({ buffer }, data.bySlug('snow'), 9, 'mm');
    const all = encodeCancelQuotes({ buffer }, undefined, 9, undefined);
    const { i32 } = buffer;
    expect([i32[one + R.MARKET], i32[one + C.GROUP_NAME_LENGTH], i32[one + R.ACCOUNT]]).toEqual([1, 2, 9]);
    expect([i32[all + R.MARKET], i32[all + C.GROUP_NAME_LENGTH], i32[all + R.ACCOUNT]]).toEqual([-1, 0, 9]);
  });

  type Group = Extract<Request, { op: 'quoteGroup' }>;
  const group = (more: Partial<Group>): Group => ({ id: 1, op: 'quoteGroup', group: 'mm', ...more });
  const window = { windowMs: 1000, frozenMs: 0 };

  test.each([
    [{ protection: { ...window, frozenMs: 5, maxSize: '10', maxDelta: '2' } }, [1000, 5, 1000, 200, 0]],
    [{ protection: { ...window, maxDelta: '2' }, reset: true }, [1000, 0, 0, 200, 1]],
    [{ protection: null }, [0, 0, 0, 0, 0]],
    [{ reset: true }, [C.KEEP, 0, 0, 0, 1]],
    [{}, [C.KEEP, 0, 0, 0, 0]],
  ])('of a group: %j', (more, words) => {
    const buffer = new R.RecordBuffer();
    const at = encodeQuoteGroup({ buffer }, 9, group(more));
    if (typeof at !== 'number') throw new Error(at.message);
    const { i32, f64 } = buffer;
    expect([
      f64[(at + C.PROTECTION_WINDOW) >> 1],
      f64[(at + C.PROTECTION_FROZEN) >> 1],
      i32[at + C.PROTECTION_SIZE],
      i32[at + C.PROTECTION_DELTA],
      i32[at + C.PROTECTION_RESET],
    ]).toEqual(words);
  });

  test.each([
    [window, 'protection'],
    [{ ...window, maxSize: '0' }, 'protection.maxSize'],
    [{ ...window, maxSize: '1', maxDelta: '0.001' }, 'protection.maxDelta'],
    [{ ...window, maxSize: '-1' }, 'protection.maxSize'],
  ])('a protection that is none is refused: %j', (protection, field) => {
    const buffer = new R.RecordBuffer();
    expect(encodeQuoteGroup({ buffer }, 9, group({ protection }))).toMatchObject({ code: 'INVALID_REQUEST', field });
    expect(buffer.words).toBe(0);
  });
});

describe('messages', () => {
  const records = new R.RecordBuffer();
  const [rain, snow] = data.markets;
  if (rain === undefined || snow === undefined) throw new Error('no markets');

  const told = (values: Parameters<typeof orderValues>[0], market = rain) => {
    const at = writeOrder(records, orderValues({ market: market.market, ...values }), 9);
    return answers.quoteState.parse(JSON.parse(`{${quoteFields(records, at, market, 'mm')}}`).quote);
  };

  test('tell a quote in its client’s terms', () => {
    const quote = { group: 'mm', market: 'rain', outcome: 'YES', side: 'bid', price: '0.50' };
    expect(told({ size: 300, filled: 100 })).toEqual({ ...quote, size: '2.00', status: 'open' });
    const no = { ...quote, outcome: 'NO', price: '0.60' };
    expect(told({ side: 1, mirrored: true, price: 4_000 })).toEqual({ ...no, size: '1.00', status: 'open' });
    const reason = answers.CANCEL_REASONS.indexOf('PROTECTION');
    const against = { ...quote, market: 'snow', outcome: 'B', against: true, side: 'ask' };
    expect(told({ outcome: 1, mirrored: true, status: 2, reason }, snow)).toEqual({
      ...against,
      ...{ size: '1.00', status: 'canceled', reason: 'PROTECTION' },
    });
    expect(told({ filled: 100, status: 1 })).toEqual({ ...quote, size: '0.00', status: 'filled' });
  });

  test('and the same in a snapshot', () => {
    const values = { terms: 1 | E.MIRRORED, price: 4_000, remaining: 100 };
    expect(quoteView(values, rain, 'mm')).toEqual(told({ side: 1, mirrored: true, price: 4_000 }));
  });

  const protection = (frozenUntil: number, delta: number, more: Partial<{ window: number; cause: number }> = {}) => {
    const at = begin(records, E.EVENT.QUOTE_GROUP, E.GROUP_EVENT_WORDS, 5, 9, -1);
    const { i32, f64 } = records;
    i32[at + E.GROUP_CAUSE] = more.cause ?? 2;
    i32[at + E.GROUP_SIZE_LIMIT] = 1_000;
    f64[(at + E.GROUP_WINDOW) >> 1] = more.window ?? 1_000;
    f64[(at + E.GROUP_FROZEN) >> 1] = 500;
    f64[(at + E.GROUP_FROZEN_UNTIL) >> 1] = frozenUntil;
    f64[(at + E.GROUP_FILLED) >> 1] = 1_250;
    f64[(at + E.GROUP_DELTA) >> 1] = delta;
    const fields = JSON.parse(`{${protectionFields(records, at, 'mm')}}`);
    return streams.protectionChange.parse({ ch: 'quotes', seq: 5, prev: 4, ...fields });
  };

  test('tell what a protection stands at', () => {
    const frozenUntil = 1_700_000_000_505;
    expect(protection(frozenUntil, -150)).toMatchObject({
      type: 'protection',
      cause: 'tripped',
      group: {
        group: 'mm',
        protection: { windowMs: 1_000, frozenMs: 500, maxSize: '10.00' },
        filled: '12.50',
        delta: '-1.50',
        frozenUntil,
      },
    });
    expect(protection(Number.POSITIVE_INFINITY, 5).group).toMatchObject({ frozenUntil: null, delta: '0.05' });
    const lifted = protection(0, 0, { window: 0, cause: 1 });
    expect(lifted).toMatchObject({ cause: 'configured', group: { protection: null, delta: '0.00' } });
    expect(lifted.group).not.toHaveProperty('frozenUntil');
    // A freeze that has ended by itself.
    expect(protection(1_700_000_000_005, 0).group).not.toHaveProperty('frozenUntil');
  });
});
