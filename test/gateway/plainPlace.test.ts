import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlainPlace } from '../../src/gateway/sessions/plainPlace.ts';
import { parseRequest } from '../../src/protocol/requests.ts';

/** Good and bad values of each field. */
const VALUES: Record<string, unknown[]> = {
  id: [0, 7, -1, 1.5, '7', null, 2 ** 53],
  op: ['place', 'cancel', null],
  market: ['rain', 'a-1', 'Rain', '', 'x'.repeat(65), 7, 'rain\n'],
  side: ['buy', 'sell', 'BUY', 1],
  outcome: ['YES', 'NO', 'é', '', 'x'.repeat(64), 'x'.repeat(65), '😀'.repeat(33), null],
  type: ['limit', 'market', 'stop', null],
  size: ['1', '2.5', '-1', '', '1e3', '1'.repeat(15), '1'.repeat(16), `1.${'0'.repeat(19)}`, 5, '1\n'],
  price: ['0.5', '1', '.5', null, '0.5 '],
  tif: ['GTC', 'IOC', 'FOK', 'GTD', 'DAY'],
  clientOrderId: ['a.b:c_d-1', 'x'.repeat(36), 'x'.repeat(37), '', 'a b', 5, 'a\n'],
  postOnly: [true, false, 'true'],
};
/** Fields that few orders have, and one that none has. */
const RARE: Record<string, unknown[]> = {
  against: [true, false, 1],
  reduceOnly: [true, false, null],
  stp: ['expire-taker', 'expire-maker', 'expire-both', 'decrement', 'none', 'toString', 1],
  expiresAt: [5, 0, -1, 1.5, 2 ** 53, '5'],
  deadline: [5, 0, -1, 1.5, 2 ** 53, null],
  maxCost: ['5', '-1', '.5', 5],
  more: [1],
};

const mostly = (values: unknown[]) =>
  fc.oneof({ weight: 30, arbitrary: fc.constant(values[0]) }, { weight: 1, arbitrary: fc.constantFrom(...values) });
const message = fc.record(
  Object.fromEntries([
    ...Object.entries(VALUES).map(([name, values]) => [name, fc.option(mostly(values), { freq: 20, nil: undefined })]),
    ...Object.entries(RARE).map(([name, values]) => [
      name,
      fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constantFrom(...values) }),
    ]),
  ]),
);

test('what passes as a plain order is what the schema makes of it', () => {
  let plain = 0;
  fc.assert(
    fc.property(message, (fields) => {
      const text = JSON.stringify(fields);
      const taken: unknown = JSON.parse(text);
      if (!isPlainPlace(taken)) return;
      plain++;
      expect(taken).toEqual(parseRequest(JSON.parse(text)));
    }),
    { numRuns: 10_000, seed: 11 },
  );
  expect(plain).toBeGreaterThan(2_000);
});

test('the usual order is one', () => {
  const usual = { id: 1, op: 'place', market: 'rain', side: 'buy', size: '1', price: '0.5' };
  expect(isPlainPlace(usual)).toBe(true);
  expect(isPlainPlace({ ...usual, side: undefined })).toBe(false);
  expect(isPlainPlace(JSON.parse(`{"__proto__":{"id":1},${JSON.stringify(usual).slice(1)}`))).toBe(false);
  for (const other of [null, 7, 'place', [], { op: 'place' }]) expect(isPlainPlace(other)).toBe(false);
});
