import { done, emitAmm, emitBalance, emitMarket, refuse, refuseLimit } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import { fundMaker } from '../lmsr/maker.ts';
import { Market } from '../market.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { CAUSE } from '../records/events.ts';
import type { State } from '../state.ts';
import { readOpening } from './terms.ts';

/** Opens a market. One with a maker gets the worst loss of it from the house. */
export function createMarket(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const kind = C.COMMAND.CREATE_MARKET;
  const opening = readOpening(i32, f64, at, state.time);
  if (typeof opening === 'string') return refuse(state, kind, account, -1, 'INVALID_REQUEST', opening);
  if (state.markets.length >= LIMITS.markets) return refuseLimit(state, kind, account, -1, 'markets', '');
  const { terms } = opening;
  if (state.marketBySlug.has(terms.slug)) return refuse(state, kind, account, -1, 'CONFLICT', 'id');

  // After this point nothing refuses.
  const index = state.markets.length;
  const market = new Market(index, terms, opening.closeTime, opening.b, state);
  market.q.set(opening.q);
  market.collar = opening.risk.collar;
  market.orderLots = opening.risk.orderLots;
  market.positionLots = opening.risk.positionLots;
  state.markets.push(market);
  state.marketBySlug.set(terms.slug, index);
  emitMarket(state, market, kind, terms.slug, terms.definition);
  if (market.hasMaker) {
    const funding = fundMaker(market);
    state.accounts.pay(C.HOUSE, -funding);
    emitBalance(state, C.HOUSE, index, -funding, CAUSE.FUNDING);
    emitAmm(state, market);
  }
  done(state, kind, account, index);
}
