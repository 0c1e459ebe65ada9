import { done, emitMarket, refuse } from '../emit.ts';
import { CLOSED, DISPUTED, type Market, PROPOSED } from '../market.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import type { Field } from '../records/events.ts';
import type { State } from '../state.ts';

/** Proposes an outcome; settlement may begin when the dispute window has passed. */
export function resolve(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const market = state.markets[index];
  const no = (code: Parameters<typeof refuse>[4], field: Field) =>
    refuse(state, C.COMMAND.RESOLVE, account, index, code, field);
  if (market === undefined) return no('UNKNOWN_MARKET', 'market');
  const payouts = readPayouts(market, i32, at);
  if (payouts === null) return no('INVALID_REQUEST', 'payouts');
  if (market.status !== CLOSED && market.status !== DISPUTED) return no('CONFLICT', 'market');
  market.status = PROPOSED;
  market.payouts = payouts;
  market.disputeUntil = state.time + market.terms.disputeWindow;
  emitMarket(state, market, C.COMMAND.RESOLVE, market.terms.slug);
  done(state, C.COMMAND.RESOLVE, account, index);
}

/** Ticks per lot of each outcome, or null unless there is one for each and they sum to $1. */
export function readPayouts(market: Market, i32: Int32Array, at: number): Int32Array | null {
  if (i32[at + C.RESOLVE_COUNT] !== market.outcomes) return null;
  const payouts = i32.slice(at + C.RESOLVE_PAYOUTS, at + C.RESOLVE_PAYOUTS + market.outcomes);
  let sum = 0;
  for (const ticks of payouts) {
    if (ticks < 0) return null;
    sum += ticks;
  }
  return sum === 10_000 ? payouts : null;
}
