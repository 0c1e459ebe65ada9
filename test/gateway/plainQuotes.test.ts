import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainQuotes } from '../../src/gateway/sessions/plainQuotes.ts';
import { parseRequest } from '../../src/protocol/requests.ts';

/** The first value is one that the schema takes; of the others it takes some. */
const mostly = (...values: unknown[]) =>
  fc.oneof({ weight: 60, arbitrary: fc.constant(values[0]) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
const rarely = (...values: unknown[]) =>
  fc.oneof({ weight: 20, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) });

const decimal = ['0.5', '1', '-1', '', '.5', '1e3', '1'.repeat(16), `1.${'0'.repeat(19)}`, 5, null, '1\n'];
const side = fc.oneof(
  { weight: 20, arbitrary: fc.record({ price: mostly(...decimal), size: mostly(...decimal), more: rarely(1) }) },
  { weight: 2, arbitrary: fc.constantFrom(null, undefined) },
  { weight: 1, arbitrary: fc.constantFrom({}, [], 'no', 7, { price: '0.5' }, { size: '1' }) },
);
const quote = fc.oneof(
  {
    weight: 60,
    arbitrary: fc.record({
      market: mostly('rain', 'a-1', 'Rain', '', 'x'.repeat(65), 7, 'rain\n', undefined),
      outcome: rarely('YES', 'é', '', 'x'.repeat(64), 'x'.repeat(65), '😀'.repeat(33), null, 5),
      against: rarely(true, false, 1, null),
      bid: side,
      ask: side,
      more: rarely(1),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(null, 7, [], {}, 'rain') },
);
const message = fc.record({
  id: mostly(7, 0, -1, 1.5, '7', null, 2 ** 53, undefined),
  op: mostly('quotes', 'place', null),
  group: mostly('mm', 'a.b:c_d-1', 'x'.repeat(36), 'x'.repeat(37), '', 'a b', 5, 'a\n', undefined),
  quotes: fc.oneof(
    { weight: 40, arbitrary: fc.array(quote, { minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.constantFrom([], {}, null, undefined, 'no') },
  ),
  deadline: rarely(5, 0, -1, 1.5, 2 ** 53, '5', null),
  timing: rarely(true, false, 1),
  budget: rarely(true, null),
  more: rarely(1),
});

test('what passes as a plain mass quote is what the schema makes of it, and what the schema takes passes', () => {
  let plain = 0;
  fc.assert(
    fc.property(message, (fields) => {
      const text = JSON.stringify(fields);
      const taken: unknown = JSON.parse(text);
      const parsed = parseRequest(JSON.parse(text));
      const isTaken = 'op' in parsed && parsed.op === 'quotes';
      // A name beyond the BMP has fewer characters than units: the schema is asked about it.
      if (!text.includes('😀')) expect(isPlainQuotes(taken)).toBe(isTaken);
      if (!isPlainQuotes(taken)) return;
      plain++;
      expect(taken).toEqual(parsed);
    }),
    { numRuns: 10_000, seed: 12 },
  );
  expect(plain).toBeGreaterThan(2_000);
});

test('the usual mass quote is one; as many as may be, and not one more', () => {
  const one = { market: 'rain', bid: { price: '0.4', size: '10' }, ask: { price: '0.6', size: '10' } };
  const usual = { id: 1, op: 'quotes', group: 'mm', quotes: [one, { market: 'snow', bid: null }] };
  expect(isPlainQuotes(usual)).toBe(true);
  for (const [count, passes] of [
    [100, true],
    [101, false],
  ] as const) {
    const many = { ...usual, quotes: new Array(count).fill(one) };
    expect([isPlainQuotes(many), 'op' in parseRequest(many)]).toEqual([passes, passes]);
  }
  expect(isPlainQuotes(JSON.parse(`{"__proto__":{"id":1},${JSON.stringify(usual).slice(1)}`))).toBe(false);
  const sly = `{"market":"rain","bid":{"__proto__":{"size":"1"},"price":"0.4"}}`;
  expect(isPlainQuotes(JSON.parse(`{"id":1,"op":"quotes","group":"mm","quotes":[${sly}]}`))).toBe(false);
  for (const other of [null, 7, 'quotes', [], { op: 'quotes' }]) expect(isPlainQuotes(other)).toBe(false);
});
