import * as z from 'zod';
import { outcomeName } from './wire.ts';

type Texts = Readonly<Record<string, string>>;

const entries = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? new Map(Object.entries(value)) : value;

/**
 * Texts by the names of outcomes. `z.record` leaves a key `__proto__` out unseen; here it stays, an own key as any other, for whoever
 * looks the names up to refuse or, where an outcome is called so, to find.
 */
export function byOutcome(text: z.ZodString): z.ZodType<Texts> {
  const { $schema: _, ...shape } = z.toJSONSchema(z.record(outcomeName, text));
  return z
    .unknown()
    .transform(entries)
    .pipe(z.map(outcomeName, text, 'must be an object of texts by outcome'))
    .transform((texts): Texts => Object.fromEntries(texts))
    .meta(shape);
}
