import * as E from '../../engines/records/events.ts';

/** Price of a TRADE event in millionths. A trade with the maker has no price of its own, but its average. */
export function tradeMillionths(i32: Int32Array, f64: Float64Array, at: number): number {
  const ticks = i32[at + E.TRADE_PRICE] as number;
  if (ticks !== 0) return ticks * 100;
  return Math.round(((f64[(at + E.TRADE_MICROS) >> 1] as number) * 100) / (i32[at + E.TRADE_LOTS] as number));
}
