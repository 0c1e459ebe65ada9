import { done, emitMarket, refuse } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { CLOSED, HALTED, OPEN } from '../market.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';
import { recordClosingPrices } from './closingPrices.ts';
import { sweep } from './sweep.ts';

/** Ends trading: records the closing prices and cancels resting orders, as many as one command may. */
export function closeMarket(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.CLOSE;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status !== OPEN && market.status !== HALTED)
    return refuse(state, kind, account, index, 'CONFLICT', 'market');
  recordClosingPrices(market);
  market.status = CLOSED;
  market.collecting = false;
  market.auctionPrice = 0;
  if (market.closeTime > state.time) market.closeTime = state.time;
  const canceled = sweep(state, market, LIMITS.cancelsPerCommand);
  emitMarket(state, market, kind, market.terms.slug);
  const end = done(state, kind, account, index);
  state.events.i32[end + DONE_COUNT] = canceled;
}
