/** Ids have ten digits from here on, so that all frames of a kind are of one length and answers can be read at fixed places. */
export const FIRST_ID = 1_000_000_000;
/** Frames of a connection: its requests go round in them, so fewer than that may be without an answer. */
export const RING_FRAMES = 4_096;
const QUOTE_VARIANTS = 8;

export type Flow =
  /** `oneSided`: a connection only buys, or only sells; where they send at one rate, nothing piles up. */
  | { kind: 'orders'; market: string; oneSided?: true }
  /** Bids of a cent’s worth that nobody meets. */
  | { kind: 'resting'; market: string }
  /** `entries` quotes a request, of the markets `PREFIX0`, `PREFIX1`, …; both sides have a new price and size each time. */
  | { kind: 'quotes'; prefix: string; markets: number; entries: number };

/** The frames of one connection. */
export function flowTexts(flow: Flow, connection: number, count = RING_FRAMES): string[] {
  return Array.from({ length: count }, (_, i) => {
    const id = FIRST_ID + i;
    if (flow.kind === 'quotes') return quotes(id, i, connection, flow);
    return flow.kind === 'orders'
      ? order(id, connection + (flow.oneSided ? 0 : i), flow.market)
      : resting(id, i, flow.market);
  });
}

/**
 * Buys and sells at one price by turns, every other connection the other way round: half of the orders rest a moment, half fill,
 * and few meet one of the same account.
 */
const order = (id: number, turn: number, market: string): string =>
  `{"id":${id},"op":"place","market":"${market}","side":"${turn % 2 === 0 ? 'buy' : 'sell'}","outcome":"YES","type":"limit","size":"1","price":"0.50"}`;

const resting = (id: number, i: number, market: string): string =>
  `{"id":${id},"op":"place","market":"${market}","side":"buy","type":"limit","size":"0.01","price":"0.${10 + (i % 30)}"}`;

function quotes(id: number, i: number, connection: number, flow: Flow & { kind: 'quotes' }): string {
  const { prefix, markets, entries } = flow;
  const away = 1 + (i % QUOTE_VARIANTS);
  const size = 10 + (i % QUOTE_VARIANTS);
  const first = (i * entries) % markets;
  const list = Array.from({ length: entries }, (_, k) => {
    const market = `${prefix}${(first + k) % markets}`;
    return `{"market":"${market}","bid":{"price":"0.${50 - away - 10}","size":"${size}"},"ask":{"price":"0.${50 + away + 10}","size":"${size}"}}`;
  });
  return `{"id":${id},"op":"quotes","group":"bench-${connection}","quotes":[${list.join(',')}]}`;
}
