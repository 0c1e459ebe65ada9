import { emitLevel, emitTrade } from '../emit.ts';
import type { Market } from '../market.ts';
import { setLast } from '../matching/execute.ts';
import { fillResting } from '../matching/makers.ts';
import { HOLDER, type Orders, ROW, STATE, TERMS } from '../order-book/orders.ts';
import { priceOf } from '../order-book/priority.ts';
import { BUY, COLLECTED, MIRRORED, SELL } from '../records/commands.ts';
import { AUCTION, MAKER_MIRRORED, STATUS, TAKER_MIRRORED } from '../records/events.ts';
import type { State } from '../state.ts';
import { crosses, isYounger, preventSelfTrade, type Sides } from './auctionSides.ts';

/** Fills the two sides against each other at the auction's price, at most `most` times; returns how often, and if there is more. */
export function tradeSides(state: State, market: Market, sides: Sides, most: number): { fills: number; more: boolean } {
  const { orders } = state;
  const bids = new Level(state, market, BUY);
  const asks = new Level(state, market, SELL);
  let fills = 0;
  let more = false;
  for (let i = 0, j = 0; i < sides.bids.length && j < sides.asks.length; ) {
    const bid = sides.bids[i] as number;
    const ask = sides.asks[j] as number;
    // Ended by a fill of this loop; or a merge took the shares that a reduce-only order sells.
    if (!isOpen(orders, bid)) i++;
    else if (!isOpen(orders, ask)) j++;
    else if (!crosses(orders, market, bid, ask)) break;
    else if (fills === most) {
      more = true;
      break;
    } else {
      bids.touch(bid);
      asks.touch(ask);
      if (trade(state, market, sides, bid, ask)) fills++;
    }
  }
  bids.report();
  asks.report();
  if (fills > 0) setLast(market, 0, market.auctionPrice * 100);
  return { fills, more };
}

const isOpen = (orders: Orders, slot: number): boolean => orders.rows[slot * ROW + STATE] === STATUS.OPEN;

/** False: they are of one account, after all, for a reduce-only order between them has shrunk. */
function trade(state: State, market: Market, sides: Sides, bid: number, ask: number): boolean {
  const { orders } = state;
  const { rows } = orders;
  const [taker, maker] = isYounger(sides, bid, ask) ? [bid, ask] : [ask, bid];
  const lots = Math.min(orders.remaining(bid), orders.remaining(ask));
  if (rows[bid * ROW + HOLDER] === rows[ask * ROW + HOLDER]) {
    preventSelfTrade(state, market, taker, maker, lots);
    return false;
  }
  const price = market.auctionPrice;
  const takerAccount = market.holders.account(rows[taker * ROW + HOLDER] as number);
  const makerAccount = market.holders.account(rows[maker * ROW + HOLDER] as number);
  const flags =
    AUCTION |
    ((rows[taker * ROW + TERMS] as number) & MIRRORED ? TAKER_MIRRORED : 0) |
    ((rows[maker * ROW + TERMS] as number) & MIRRORED ? MAKER_MIRRORED : 0);
  const side = taker === bid ? BUY : SELL;
  // Both rested, so both pay the maker's fee.
  // Nobody pays a taker's fee, so nothing pays for a rebate.
  const rate = Math.max(0, market.makerFee);
  const makerFee = fillResting(state, market, maker, lots, price, rate);
  const takerFee = fillResting(state, market, taker, lots, price, rate);
  const micros = lots * price;
  emitTrade(
    state,
    market,
    takerAccount,
    makerAccount,
    0,
    side,
    lots,
    price,
    micros,
    taker,
    maker,
    takerFee,
    makerFee,
    flags,
  );
  market.volume += micros;
  return true;
}

/** The level of the book that is being used up: its new total is reported when the fills move on from it. */
class Level {
  private readonly state: State;
  private readonly market: Market;
  private readonly side: number;
  private price = 0;

  constructor(state: State, market: Market, side: number) {
    this.state = state;
    this.market = market;
    this.side = side;
  }

  touch(slot: number): void {
    const { orders } = this.state;
    const price = priceOf(orders, slot);
    if (price !== this.price) this.report();
    if (((orders.rows[slot * ROW + TERMS] as number) & COLLECTED) === 0) this.price = price;
  }

  report(): void {
    if (this.price !== 0) emitLevel(this.state, this.market, 0, this.side, this.price);
    this.price = 0;
  }
}
