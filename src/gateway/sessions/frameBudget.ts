import { BATCH_REQUESTS_MAX } from '../../protocol/requests.ts';
import type { Session } from './session.ts';

/**
 * 0, or ms until the frame’s budget has room. Cancels have their own, so that nobody is locked into orders. A batch costs what
 * its requests would.
 */
export function takeToken(session: Session, message: unknown): number {
  const { frames, cancels } = session;
  if (frames === undefined || cancels === undefined) return 0;
  const op = typeof message === 'object' && message !== null && 'op' in message ? message.op : undefined;
  if (op === 'cancel' || op === 'cancelAll') return cancels.take(session.heardAt);
  return frames.take(session.heardAt, op === 'batch' ? batchCost(message) : 1);
}

function batchCost(message: unknown): number {
  const { requests } = message as { requests?: unknown };
  return Array.isArray(requests) ? Math.min(Math.max(requests.length, 1), BATCH_REQUESTS_MAX) : 1;
}
