/**
 * The price of a call auction: the multiple of the tick that trades most, min(Σ bids ≥ P, Σ asks ≤ P). Of several the one
 * that leaves the least on one side, then the one closest to `reference` (ticks), then the lower.
 *
 * `bids` and `asks` are lots by level, level × tickSize being the price; level 0 and the last ($0 and $1) are empty. One
 * pass over the levels, however many orders there are. 0 if nothing can trade.
 */
export function auctionPrice(bids: Float64Array, asks: Float64Array, tickSize: number, reference: number): number {
  let bidsFrom = 0;
  for (const lots of bids) bidsFrom += lots;
  let asksTo = 0;
  let most = 0;
  let least = 0;
  let best = 0;
  for (let level = 1; level < bids.length - 1; level++) {
    asksTo += asks[level] as number;
    const traded = Math.min(bidsFrom, asksTo);
    const left = Math.abs(bidsFrom - asksTo);
    const price = level * tickSize;
    const better =
      traded !== most
        ? traded > most
        : left !== least
          ? left < least
          : Math.abs(price - reference) < Math.abs(best - reference);
    if (traded > 0 && better) {
      most = traded;
      least = left;
      best = price;
    }
    bidsFrom -= bids[level] as number;
  }
  return best;
}
