/** Prices are kept this far from 0 and 1. */
const EDGE = 0.01;

export type Terms = {
  /** Dollars from the middle to either side. */
  halfSpread: number;
  /** Shares of each side. */
  size: number;
  /** Shares held (or owed) at which the middle has moved by the half spread, and the side that adds to them ends. */
  inventoryMax: number;
};
type Side = { price: string; size: string } | null;

/**
 * Bid and ask around a price, on ticks: the bid below it and the ask above, both lower the more is held already. A side that would
 * add to a full inventory, or that has no room, is withdrawn.
 */
export function quoteAround(
  fair: number,
  tick: number,
  inventory: number,
  { halfSpread, size, inventoryMax }: Terms,
): { bid: Side; ask: Side } {
  const full = Math.max(-1, Math.min(1, inventory / inventoryMax));
  const middle = fair - full * halfSpread;
  // Whole ticks: their number is exact, a price is not.
  const bid = Math.floor(Math.min(middle - halfSpread, fair - tick) / tick + 1e-9);
  const ask = Math.ceil(Math.max(middle + halfSpread, fair + tick) / tick - 1e-9);
  const side = (ticks: number, wanted: boolean): Side => {
    const price = ticks * tick;
    if (!wanted || price < EDGE - 1e-9 || price > 1 - EDGE + 1e-9) return null;
    return { price: price.toFixed(4), size: size.toFixed(2) };
  };
  return { bid: side(bid, full < 1), ask: side(ask, full > -1) };
}
