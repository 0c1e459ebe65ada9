const PERIOD_MS = 40_000;
const TICKS_PER_CENT = 100;

/**
 * The price around which everybody trades, in ticks, always a whole cent: it moves up and down, differently in each
 * market. Outcomes share $1, so with four of them each is about a quarter.
 */
export function fairPrice(marketIndex: number, outcomes: number, at: number): number {
  const middle = 100 / outcomes;
  const swing = Math.sin((at / PERIOD_MS + marketIndex * 0.37) * 2 * Math.PI) * middle * 0.3;
  return Math.round(middle + swing) * TICKS_PER_CENT;
}

/** A price that an order may have: whole cents from 1 to 99. */
export const withinCents = (ticks: number): number => Math.min(99, Math.max(1, Math.round(ticks / 100))) * 100;
