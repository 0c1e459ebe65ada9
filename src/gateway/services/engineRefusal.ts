import type { Reply } from '../engine-port/enginePort.ts';
import { messageOf } from '../orders/messages.ts';
import { limitOf } from '../orders/refusals.ts';
import { Refusal } from './refusal.ts';

/** How long to wait before trying again what the exchange was too busy for. */
const RETRY_AFTER_MS = 250;

/** The refusal of an engine’s reply; undefined when it was accepted. */
export function engineRefusal({ code, field, limit: fault }: Reply): Refusal | undefined {
  if (code === undefined) return undefined;
  const limit = fault && limitOf(fault.name, fault.value);
  const retry = code === 'OVERLOADED' || code === 'UNAVAILABLE';
  return new Refusal(code, messageOf(code, field, limit?.name), {
    ...(field !== '' && { field }),
    ...(limit && { limit }),
    ...(retry && { retryAfterMs: RETRY_AFTER_MS }),
  });
}
