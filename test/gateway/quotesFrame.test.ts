import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBuffer } from '../../src/engines/records/buffer.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { encodeQuotes } from '../../src/gateway/orders/quotes.ts';
import { QuotesFrames } from '../../src/gateway/orders/quotesFrame.ts';
import { parseRequest } from '../../src/protocol/requests.ts';
import { imageOf, marketImage } from './support/records.ts';

const CUP = ['Ann', 'Bo "the" B', 'Zoë'];
const data = new MarketData(
  imageOf(
    marketImage({ market: 0, slug: 'rain' }),
    marketImage({ market: 1, slug: 'cup', outcomes: CUP }),
    // These two have the same hash.
    marketImage({ market: 2, slug: 'aa' }),
    marketImage({ market: 3, slug: 'b', outcomes: ['up', 'down'] }),
  ),
);
const ACCOUNT = 7;
const CONNECTION = 5;

/** The first is the usual one. */
const mostly = (...texts: string[]) =>
  fc.oneof(
    { weight: 40, arbitrary: fc.constant(texts[0] as string) },
    { weight: 1, arbitrary: fc.constantFrom(...texts) },
  );
const PRICES = [
  '"0.5"',
  '"0.5500"',
  '"0.0001"',
  '"0.9999"',
  '"1"',
  '"0"',
  '"00.5"',
  '"0.55555"',
  '"+0.5"',
  '".5"',
  '0.5',
];
const SIZES = ['"10"', '"2.5"', '"0.01"', '"0.001"', '"0"', '"-1"', '"1."', '"10000000.01"', '"9999999999"', '1', '""'];
const side = fc.oneof(
  {
    weight: 30,
    arbitrary: fc
      .tuple(mostly(...PRICES), mostly(...SIZES))
      .map(([price, size]) => `{"price":${price},"size":${size}}`),
  },
  { weight: 3, arbitrary: fc.constant('null') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '{}',
      '"no"',
      '{"size":"1","price":"0.5"}',
      '{"price":"0.5"}',
      '7',
      '{"price":"0.5","size":"1",}',
    ),
  },
);
const outcome = mostly('', '"YES"', '"NO"', '"Ann"', '"Bo \\"the\\" B"', '"Zoë"', '"up"', '""', 'null');
const member = (name: string, value: string): string => (value === '' ? '' : `,"${name}":${value}`);
const quote = fc
  .record({
    market: mostly('"rain"', '"cup"', '"aa"', '"b"', '"none"', `"${'r'.repeat(65)}"`, '""', '"r\\u0061in"', '7'),
    outcome,
    bid: fc.option(side, { freq: 6, nil: '' }),
    ask: fc.option(side, { freq: 6, nil: '' }),
    more: mostly('', ',"against":true', ',"against":false', ',"more":1', ',"bid":null'),
    damage: mostly('', ' ', ','),
  })
  .map(
    ({ market, outcome: name, bid, ask, more, damage }) =>
      `{"market":${market}${member('outcome', name)}${member('bid', bid)}${member('ask', ask)}${more}${damage}}`,
  );
const frame = fc
  .record({
    id: mostly('1', '0', '999999999999999', '9007199254740993', '01', '-1', '1.5', '"1"', ''),
    op: mostly('"quotes"', '"place"', '"quote\\u0073"'),
    group: mostly('"mm"', '"a.b:c_d-1"', `"${'x'.repeat(36)}"`, `"${'x'.repeat(37)}"`, '""', '"a b"', '"é"', '5'),
    quotes: fc.array(quote, { minLength: 0, maxLength: 5, size: 'max' }),
    more: mostly('', ',"deadline":5', ',"timing":true', ',"more":1'),
    end: mostly('}', '', '} ', '}}', ' }'),
  })
  .map(
    ({ id, op, group, quotes, more, end }) =>
      `{"id":${id},"op":${op},"group":${group},"quotes":[${quotes.join(',')}]${more}${end}`,
  );

/** What the schema and the encoder make of a frame; undefined: not all of it is a mass quote that reaches the engine. */
function slowly(text: string): { id: number; count: number; words: number[] } | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  const request = parseRequest(message);
  if (!('op' in request) || request.op !== 'quotes') return undefined;
  const buffer = new RecordBuffer(4096);
  const at = encodeQuotes({ buffer }, data, ACCOUNT, CONNECTION, request);
  if (typeof at !== 'number') return undefined;
  return { id: request.id, count: request.quotes.length, words: [...buffer.i32.subarray(0, buffer.words)] };
}

function quickly(frames: QuotesFrames, text: string): ReturnType<typeof slowly> {
  const buffer = new RecordBuffer(4096);
  const at = frames.read(Buffer.from(text), buffer, ACCOUNT, CONNECTION);
  if (at >= 0) return { id: frames.id, count: frames.count, words: [...buffer.i32.subarray(0, buffer.words)] };
  expect(buffer.words, 'nothing is left behind').toBe(0);
  return undefined;
}

const frames = new QuotesFrames((slug) => data.bySlug(slug));

test('what is read from the bytes of a frame is what the schema and the encoder make of it', () => {
  let read = 0;
  let whole = 0;
  fc.assert(
    fc.property(frame, (text) => {
      const slow = slowly(text);
      if (slow !== undefined) whole++;
      const quick = quickly(frames, text);
      if (quick === undefined) return;
      read++;
      expect(quick).toEqual(slow);
    }),
    { numRuns: 30_000, seed: 6 },
  );
  expect(read).toBeGreaterThan(8_000);
  // Few are left to the others.
  expect(read).toBeGreaterThan(whole / 2);
});

test('a hundred quotes are read, and not one more; those that only remove are for others', () => {
  const one = '{"market":"rain","bid":{"price":"0.4","size":"10"},"ask":{"price":"0.6","size":"10"}}';
  const of = (count: number, quoted = one) =>
    `{"id":1,"op":"quotes","group":"mm","quotes":[${new Array(count).fill(quoted).join(',')}]}`;
  expect(quickly(frames, of(100))).toEqual(slowly(of(100)));
  expect(quickly(frames, of(100))?.count).toBe(100);
  expect(quickly(frames, of(101))).toBeUndefined();
  expect(quickly(frames, of(2, '{"market":"rain","bid":null,"ask":null}'))).toBeUndefined();
  for (let length = 0; length < of(2).length; length++) {
    expect(quickly(frames, of(2).slice(0, length))).toBeUndefined();
  }
});
