import { done, emitMarket, refuse } from '../emit.ts';
import { DISPUTED, HALTED, type Market, OPEN, PROPOSED } from '../market.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { DONE_COUNT, type Field } from '../records/events.ts';
import type { State } from '../state.ts';
import { reopen } from './auction.ts';

type Refusal = { code: 'CONFLICT' | 'INVALID_REQUEST'; field: Field };
const CONFLICT: Refusal = { code: 'CONFLICT', field: 'market' };

/** A step that only moves the status: halt, a new close time, dispute; and the resumption, which may hold an auction. */
export function changeMarket(state: State, kind: number, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  let refusal: Refusal | null;
  if (kind === C.COMMAND.HALT) refusal = halt(market, i32, at);
  else if (kind === C.COMMAND.RESUME) return resume(state, market, account);
  else if (kind === C.COMMAND.SET_CLOSE_TIME) refusal = setCloseTime(state, market, f64, at);
  else refusal = dispute(state, market, i32, at);
  if (refusal !== null) return refuse(state, kind, account, index, refusal.code, refusal.field);
  emitMarket(state, market, kind, market.terms.slug, kind === C.COMMAND.DISPUTE ? market.reason : '');
  done(state, kind, account, index);
}

function halt(market: Market, i32: Int32Array, at: number): Refusal | null {
  const auction = i32[at + C.HALT_AUCTION] === 1;
  if (market.status !== OPEN) return CONFLICT;
  if (auction && (market.outcomes !== 2 || market.terms.type !== C.MARKET_TYPE.book)) return CONFLICT;
  market.status = HALTED;
  market.collecting = auction;
  return null;
}

/** Trading goes on; where orders were collected, after their auction. `count` > 0: it is not over, repeat the command. */
function resume(state: State, market: Market, account: number): void {
  const kind = C.COMMAND.RESUME;
  if (market.status !== HALTED || state.time >= market.closeTime)
    return refuse(state, kind, account, market.index, 'CONFLICT', 'market');
  const unfinished = market.collecting ? reopen(state, market) : 0;
  if (unfinished === 0) {
    market.status = OPEN;
    emitMarket(state, market, kind, market.terms.slug);
  }
  const end = done(state, kind, account, market.index);
  state.events.i32[end + DONE_COUNT] = unfinished;
}

function setCloseTime(state: State, market: Market, f64: Float64Array, at: number): Refusal | null {
  if (market.status !== OPEN && market.status !== HALTED) return CONFLICT;
  const closeTime = f64[(at + C.CLOSE_TIME) >> 1] as number;
  if (!(closeTime > state.time)) return { code: 'INVALID_REQUEST', field: 'closeTime' };
  market.closeTime = closeTime;
  return null;
}

function dispute(state: State, market: Market, i32: Int32Array, at: number): Refusal | null {
  if (market.status !== PROPOSED || state.time >= market.disputeUntil) return CONFLICT;
  market.status = DISPUTED;
  market.reason = C.readText(i32, at + R.BODY);
  return null;
}
