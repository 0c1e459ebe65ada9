/** What the judgement of a run’s limit is made from; all CPU in cores, means over the load. */
export interface Utilisation {
  cores: number;
  vus: number;
  k6: number;
  /** undefined: not known, the exchange is elsewhere. */
  exchange: number | undefined;
  /** The busiest of its threads, and whether that is its main one, the gateway’s. */
  busiestThread: number;
  isMainBusiest: boolean;
  machine: number;
  /** Part of the offered requests that were sent. */
  offeredPart: number;
  lagP95Ms: number;
}

/** A thread, or a VU, above this part of a core has no more to give. */
const BUSY = 0.85;
/** The machine above this part of all cores. */
const MACHINE_BUSY = 0.92;
/** k6’s timers come every 10 ms; later than this, its own queue is in what it measures. */
const LAG_MS = 20;
const OFFERED = 0.97;

/** Who set the limit, in a sentence: k6, the exchange, the machine that they share, or nobody. */
export function verdictOf(run: Utilisation): {
  limit: 'k6' | 'exchange' | 'machine' | 'none' | 'unknown';
  text: string;
} {
  const { cores, vus, k6, exchange, busiestThread, machine, offeredPart, lagP95Ms } = run;
  const used = `k6 used ${k6.toFixed(2)} cores, the exchange ${exchange === undefined ? 'an unknown part' : exchange.toFixed(2)}, the machine ${machine.toFixed(2)} of ${cores}`;
  const thread = run.isMainBusiest ? 'its main thread, the gateway,' : 'a worker thread';
  const share = Math.min(vus, cores);
  if (exchange !== undefined && busiestThread >= BUSY && busiestThread * share >= k6) {
    return {
      limit: 'exchange',
      text: `The exchange was the limit: ${thread} was ${percent(busiestThread)} busy (${used}).`,
    };
  }
  if (k6 >= BUSY * share) {
    return {
      limit: 'k6',
      text: `k6 was the limit: ${vus} VUs have work for ${share} cores (${used}). The exchange can do more than this.`,
    };
  }
  const isBehind = offeredPart < OFFERED || lagP95Ms > LAG_MS;
  if (machine >= MACHINE_BUSY * cores && isBehind) {
    const more = exchange === undefined || k6 > exchange ? 'k6 more than the exchange' : 'the exchange more than k6';
    return {
      limit: 'machine',
      text: `The machine was the limit, ${more}: ${used}. Neither shows what it can do here.`,
    };
  }
  if (!isBehind) return { limit: 'none', text: `Nobody was the limit: all that was asked was sent in time (${used}).` };
  const why = lagP95Ms > LAG_MS ? `k6's timers were ${lagP95Ms.toFixed(0)} ms late (p95)` : 'windows were full';
  return {
    limit: 'unknown',
    text: `${percent(offeredPart)} of the offered requests were sent, ${why}; no processor was at its limit (${used}).`,
  };
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;
