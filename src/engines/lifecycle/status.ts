import { done, emitMarket, refuse } from '../emit.ts';
import { DISPUTED, HALTED, OPEN, PROPOSED } from '../market.ts';
import { fillAllCrossed } from '../matching/makerCrossing.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';
import { reopen } from './auction.ts';

/** Stops trading. With HALT_AUCTION orders are collected meanwhile: a market of two outcomes with a book only. */
export function halt(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.HALT;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  const auction = i32[at + C.HALT_AUCTION] === 1;
  if (market.status !== OPEN) return refuse(state, kind, account, index, 'CONFLICT', 'market');
  if (auction && (market.outcomes !== 2 || market.terms.type !== C.MARKET_TYPE.book))
    return refuse(state, kind, account, index, 'CONFLICT', 'market');
  market.status = HALTED;
  market.collecting = auction;
  emitMarket(state, market, kind, market.terms.slug);
  done(state, kind, account, index);
}

/** Trading goes on; where orders were collected, after their auction. `count` > 0: it is not over, repeat the command. */
export function resume(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.RESUME;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status !== HALTED || state.time >= market.closeTime)
    return refuse(state, kind, account, index, 'CONFLICT', 'market');
  const unfinished = market.collecting ? reopen(state, market) : 0;
  if (unfinished === 0) {
    market.status = OPEN;
    emitMarket(state, market, kind, market.terms.slug);
    // A top-up while it was halted may have left the maker's price beyond an order.
    fillAllCrossed(state, market);
  }
  const end = done(state, kind, account, index);
  state.events.i32[end + DONE_COUNT] = unfinished;
}

export function setCloseTime(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.SET_CLOSE_TIME;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status !== OPEN && market.status !== HALTED)
    return refuse(state, kind, account, index, 'CONFLICT', 'market');
  const closeTime = f64[(at + C.CLOSE_TIME) >> 1] as number;
  if (!(closeTime > state.time)) return refuse(state, kind, account, index, 'INVALID_REQUEST', 'closeTime');
  market.closeTime = closeTime;
  emitMarket(state, market, kind, market.terms.slug);
  done(state, kind, account, index);
}

/** Objects to a proposed outcome, in its dispute window: it has to be proposed again. */
export function dispute(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.DISPUTE;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status !== PROPOSED || state.time >= market.disputeUntil)
    return refuse(state, kind, account, index, 'CONFLICT', 'market');
  market.status = DISPUTED;
  market.reason = C.readText(i32, at + R.BODY);
  emitMarket(state, market, kind, market.terms.slug, market.reason);
  done(state, kind, account, index);
}
