import { done, emitMarket, refuse } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { RESOLVED, VOIDED } from '../market.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { DONE_COUNT } from '../records/events.ts';
import type { State } from '../state.ts';
import { recordClosingPrices } from './closingPrices.ts';
import { sweep } from './sweep.ts';

/** Calls the market off: every participant gets back what it paid in, fees included, by settlement. */
export function voidMarket(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.VOID;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (market.status === RESOLVED || market.status === VOIDED)
    return refuse(state, kind, account, index, 'CONFLICT', 'market');
  if (market.closingPrices === null) recordClosingPrices(market);
  market.status = VOIDED;
  market.collecting = false;
  market.auctionPrice = 0;
  // Refunds come out of one pot: the traders' payments are in escrow, in the maker's cash and among the fees.
  market.escrow += market.ammCash + market.fees;
  market.ammCash = 0;
  state.feeTotal -= market.fees;
  market.fees = 0;
  market.payouts = null;
  market.reason = C.readText(i32, at + R.BODY);
  const canceled = sweep(state, market, LIMITS.cancelsPerCommand);
  emitMarket(state, market, kind, market.terms.slug, market.reason);
  const end = done(state, kind, account, index);
  state.events.i32[end + DONE_COUNT] = canceled;
}
