import type { Reply } from '../engine-port/enginePort.ts';
import { messageOf } from '../orders/messages.ts';
import { limitOf } from '../orders/refusals.ts';
import { Refusal } from './refusal.ts';

/** How long to wait before trying again what the exchange was too busy for. */
const RETRY_AFTER_MS = 250;

/** The refusal of an engine’s reply; undefined when it was accepted. */
export function engineRefusal({ code, field, limit }: Reply): Refusal | undefined {
  if (code === undefined) return undefined;
  const retry = code === 'OVERLOADED' || code === 'UNAVAILABLE';
  return new Refusal(code, messageOf(code, field), {
    ...(field !== '' && { field }),
    ...(limit && { limit: limitOf(limit.name, limit.value) }),
    ...(retry && { retryAfterMs: RETRY_AFTER_MS }),
  });
}
