import { done, emitAmm, emitBalance, emitMarket, refuse } from '../emit.ts';
import { topUpFundingCeil, topUpQuantities } from '../lmsr/lmsr.ts';
import { HALTED, type Market, OPEN } from '../market.ts';
import { fillAllCrossed } from '../matching/makerCrossing.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { CAUSE } from '../records/events.ts';
import type { State } from '../state.ts';
import { isLiquidity, readRisk } from './terms.ts';

const trading = (market: Market): boolean => market.status === OPEN || market.status === HALTED;

/** Changes the risk settings of a market, and switches a hybrid's book on. */
export function configureMarket(state: State, i32: Int32Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.CONFIGURE_MARKET;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (!trading(market)) return refuse(state, kind, account, index, 'CONFLICT', 'market');
  const risk = readRisk(i32, at + C.RISK_COLLAR, market);
  if (risk === null) return refuse(state, kind, account, index, 'INVALID_REQUEST', 'size');
  const bookOn = i32[at + C.CONFIGURE_BOOK] === 1;
  if (bookOn && market.terms.type !== C.MARKET_TYPE.hybrid)
    return refuse(state, kind, account, index, 'INVALID_REQUEST', 'type');

  // After this point nothing refuses.
  market.collar = risk.collar;
  market.orderLots = risk.orderLots;
  market.positionLots = risk.positionLots;
  if (bookOn) market.bookOn = true;
  emitMarket(state, market, kind, market.terms.slug);
  done(state, kind, account, index);
}

/**
 * Gives the maker more liquidity, which the house pays: its prices stay where they are, to within the rounding of its
 * quantities, and move less with each trade from now on.
 */
export function topUp(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const index = i32[at + R.MARKET] as number;
  const kind = C.COMMAND.TOP_UP;
  const market = state.markets[index];
  if (market === undefined) return refuse(state, kind, account, index, 'UNKNOWN_MARKET', 'market');
  if (!market.hasMaker) return refuse(state, kind, account, index, 'INVALID_REQUEST', 'type');
  if (!trading(market)) return refuse(state, kind, account, index, 'CONFLICT', 'market');
  const b = f64[(at + C.TOP_UP_B) >> 1] as number;
  if (!isLiquidity(b) || b <= market.b) return refuse(state, kind, account, index, 'INVALID_REQUEST', 'liquidity');

  // After this point nothing refuses.
  const { q, outcomes } = market;
  const funding = topUpFundingCeil(q, outcomes, market.b, b);
  q.set(topUpQuantities(q, outcomes, market.b, b));
  market.b = b;
  market.ammFunding += funding;
  market.ammCash += funding;
  state.accounts.pay(C.HOUSE, -funding);
  emitBalance(state, C.HOUSE, index, -funding, CAUSE.FUNDING);
  emitAmm(state, market);
  if (market.status === OPEN && state.time < market.closeTime) fillAllCrossed(state, market);
  done(state, kind, account, index);
}
