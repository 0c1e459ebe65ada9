import { COMMAND } from '../../engines/records/commands.ts';
import { DONE_FLAGS, DUPLICATE, KEPT_PRIORITY } from '../../engines/records/events.ts';
import { JsonText, piece } from '../jsonText.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { findOrderRecord, type Records, writeOrder } from './orderJson.ts';

const ID = piece('{"id":');
const OK = piece(',"ok":true,');
const ORDER = piece('"order":');
const KEPT = piece(',"keptPriority":true');
const NOT_KEPT = piece(',"keptPriority":false');
const IS_DUPLICATE = piece(',"duplicate":true');
const CLOSE = piece('}');
/** Bytes besides the order: id, flags. */
const FRAME_BYTES_MAX = 128;
const out = new JsonText();

/** The fields that an accepted PLACE, AMEND or CANCEL answers: `"order":…`, and what is said of it besides. */
export function orderAnswer(
  events: Records,
  from: number,
  doneAt: number,
  command: number,
  market: MarketState | undefined,
): string {
  out.begin();
  write(events, from, doneAt, command, market);
  return out.end();
}

/** As {@link orderAnswer}: the whole frame, with `more` before its end. */
export function orderAnswerFrame(
  id: number,
  events: Records,
  from: number,
  doneAt: number,
  command: number,
  market: MarketState | undefined,
  more: string,
): string {
  out.begin();
  out.reserve(FRAME_BYTES_MAX);
  out.put(ID);
  out.integer(id);
  out.put(OK);
  write(events, from, doneAt, command, market);
  out.reserve(FRAME_BYTES_MAX + more.length);
  out.ascii(more);
  out.put(CLOSE);
  return out.end();
}

function write(events: Records, from: number, doneAt: number, command: number, market: MarketState | undefined): void {
  const at = findOrderRecord(events, from, doneAt);
  if (market === undefined || at < 0) throw new Error('an accepted order command without its order');
  const flags = events.i32[doneAt + DONE_FLAGS] as number;
  const duplicate = (flags & DUPLICATE) !== 0;
  const withFills = command !== COMMAND.CANCEL && !duplicate;
  out.reserve(FRAME_BYTES_MAX);
  out.put(ORDER);
  writeOrder(out, events, at, market, withFills, from, doneAt);
  out.reserve(FRAME_BYTES_MAX);
  if (command === COMMAND.AMEND) out.put((flags & KEPT_PRIORITY) !== 0 ? KEPT : NOT_KEPT);
  else if (duplicate) out.put(IS_DUPLICATE);
}
