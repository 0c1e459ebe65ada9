import { expect } from 'vitest';
import type * as z from 'zod';

/** The value, which has the schema's shape and not one field besides: schemas of answers drop what they do not know. */
export function exactly<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(`${parsed.error.message}\nin ${JSON.stringify(value)}`);
  expect(value).toStrictEqual(parsed.data);
  return parsed.data;
}
