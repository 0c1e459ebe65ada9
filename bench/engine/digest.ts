/**
 * What a contender did with a flow, in workload order ids, ticks 1 … T and lots: equal for everybody who matches by price,
 * then time. `hash` rolls over the trades in order, modulo 2^32: h = 31h + maker, + taker, + price, + lots.
 */
export type Digest = {
  trades: number;
  lots: number;
  /** Σ price × lots of the trades. */
  notional: number;
  hash: number;
  /** What rests at the end. */
  restingOrders: number;
  restingLots: number;
  restingNotional: number;
};

export class Tally {
  private trades = 0;
  private lots = 0;
  private notional = 0;
  private hash = 0;
  private restingOrders = 0;
  private restingLots = 0;
  private restingNotional = 0;

  trade(maker: number, taker: number, price: number, lots: number): void {
    this.trades++;
    this.lots += lots;
    this.notional += price * lots;
    let h = this.hash;
    h = (Math.imul(h, 31) + maker) | 0;
    h = (Math.imul(h, 31) + taker) | 0;
    h = (Math.imul(h, 31) + price) | 0;
    this.hash = (Math.imul(h, 31) + lots) | 0;
  }

  /** `lots` of `orders` orders rest at a price. */
  rests(price: number, lots: number, orders: number): void {
    this.restingOrders += orders;
    this.restingLots += lots;
    this.restingNotional += price * lots;
  }

  digest(): Digest {
    const { trades, lots, notional, restingOrders, restingLots, restingNotional } = this;
    return { trades, lots, notional, hash: this.hash >>> 0, restingOrders, restingLots, restingNotional };
  }
}

export const sameDigest = (a: Digest, b: Digest): boolean =>
  (Object.keys(a) as (keyof Digest)[]).every((key) => a[key] === b[key]);
