import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import * as http from '../../src/protocol/http.ts';
import { faultOf } from '../../src/protocol/requests.ts';

/** The least value of each number that each query takes, with what the query needs besides. */
const numbers = Object.entries(http).flatMap(([name, schema]) => {
  if (!name.endsWith('Query') || !(schema instanceof z.ZodObject)) return [];
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).flatMap(([field, shape]) =>
    typeof shape === 'object' && shape.type === 'integer' ? [{ name, field, schema, least: shape.minimum ?? 0 }] : [],
  );
});

test('every number of a query is looked at below', () => {
  expect([...new Set(numbers.map(({ field }) => field))].sort()).toEqual(['depth', 'from', 'limit', 'to']);
  expect(numbers.length).toBeGreaterThan(10);
});

describe.each(numbers)('$field of $name', ({ field, schema, least }) => {
  test('is read as decimal digits', () => {
    for (const value of [least, 7, 90])
      expect(schema.parse({ [field]: String(value) })).toMatchObject({ [field]: value });
  });
  test.each([
    '1e2',
    '0x10',
    '0b1',
    '+5',
    '-5',
    ' 5',
    '5 ',
    '5\n',
    '05',
    '5.0',
    '1.5',
    '1_0',
    '٥',
    '',
    'NaN',
    'Infinity',
    'true',
    '9007199254740993',
  ])('is not %j', (text) => {
    const { error } = schema.safeParse({ [field]: text });
    expect(error && faultOf(error).field).toBe(field);
  });
});

/** What a person mistypes is told in words of theirs. */
test.each<[z.ZodType, Record<string, unknown>, string, string]>([
  [http.credentials, { username: 'zoé', password: 'correct horse' }, 'username', '3 to 32 letters, digits, _ . or -'],
  [http.credentials, { username: 'zoe', password: 'short' }, 'password', 'at least 8 characters'],
  [http.createMarket, { id: 'A market' }, 'id', 'a-z, 0-9 and -'],
  [http.placeOrder, { market: 'rain', side: 'buy', size: '1e9' }, 'size', 'decimal string such as "2.5"'],
  [http.placeOrder, { market: 'rain', side: 'buy', size: '1', price: '50%' }, 'price', 'decimal string such as "2.5"'],
  [http.deposit, { amount: '5', reference: 'wire no. 7' }, 'reference', '1 to 64 letters'],
  [http.createApiKey, { name: 'bot', addresses: ['localhost'] }, 'addresses.0', 'an address or a network'],
  [http.calibrationQuery, { horizon: '1 day' }, 'horizon', 'such as 15m'],
])('%#: what is wrong is said', (schema, body, field, words) => {
  const { error } = schema.safeParse(body);
  expect(error && faultOf(error)).toEqual({ field, problem: expect.stringContaining(words) });
});
