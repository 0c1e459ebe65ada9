import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as CommandLayout from '../records/commands.ts';
import { outcomeOfTerms } from '../records/commands.ts';
import type { State } from '../state.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { MINE_NEXT, ROW, TERMS } = OrderLayout;
const { BUY } = CommandLayout;

/** The worst price, in ticks of the book, that the collar lets an order have: so far from the last trade. */
export function collarBound(market: Market, outcome: number, side: number): number {
  const last = market.last[outcome] as number;
  if (last < 0) return side === BUY ? 9_999 : 1;
  const ticks = last / 100;
  return side === BUY
    ? Math.min(9_999, Math.floor(ticks + market.collar))
    : Math.max(1, Math.ceil(ticks - market.collar));
}

/**
 * True if the position stays within the market's limit should this order and all open ones of its side be filled. `except`:
 * an order that this one replaces. Walks the holder's open orders in the market: only markets with a limit pay for it.
 */
export function checkPosition(
  state: State,
  market: Market,
  holder: number,
  side: number,
  outcome: number,
  lots: number,
  except: number,
): boolean {
  if (holder < 0) return lots <= market.positionLots;
  const { holders } = market;
  const { rows } = state.orders;
  const own = holders.shares(holder, outcome);
  const other = market.outcomes === 2 ? holders.shares(holder, 1 - outcome) : 0;
  let exposure = lots + (side === BUY ? own - other : other - own);
  let slot = holders.i32[holders.openAt(holder)] as number;
  for (; slot >= 0; slot = rows[slot * ROW + MINE_NEXT] as number) {
    const terms = rows[slot * ROW + TERMS] as number;
    if (slot !== except && (terms & 1) === side && outcomeOfTerms(terms) === outcome)
      exposure += state.orders.remaining(slot);
  }
  return exposure <= market.positionLots;
}
