import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import * as http from '../../src/protocol/http.ts';
import { faultyField } from '../../src/protocol/requests.ts';

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
    expect(error && faultyField(error)).toBe(field);
  });
});
