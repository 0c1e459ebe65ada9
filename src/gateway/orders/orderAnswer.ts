import { COMMAND } from '../../engines/records/commands.ts';
import { DONE_FLAGS, DUPLICATE, KEPT_PRIORITY } from '../../engines/records/events.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { findOrderRecord, orderJson, type Records } from './orderJson.ts';

/** The fields that an accepted PLACE, AMEND or CANCEL answers: `"order":…`, and what is said of it besides. */
export function orderAnswer(
  events: Records,
  from: number,
  doneAt: number,
  command: number,
  market: MarketState | undefined,
): string {
  const at = findOrderRecord(events, from, doneAt);
  if (market === undefined || at < 0) throw new Error('an accepted order command without its order');
  const flags = events.i32[doneAt + DONE_FLAGS] as number;
  const duplicate = (flags & DUPLICATE) !== 0;
  const withFills = command !== COMMAND.CANCEL && !duplicate;
  const order = `"order":${orderJson(events, at, market, withFills, from, doneAt)}`;
  if (command === COMMAND.AMEND) return `${order},"keptPriority":${(flags & KEPT_PRIORITY) !== 0}`;
  return duplicate ? `${order},"duplicate":true` : order;
}
