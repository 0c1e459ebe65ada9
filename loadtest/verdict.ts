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
  /** Everything on this machine. */
  machine: number;
  /** What programs used that are not part of the run. */
  others: number;
  /** Part of the offered requests that were sent. */
  offeredPart: number;
  lagP95Ms: number;
}

export interface Verdict {
  limit: 'k6' | 'exchange' | 'machine' | 'none' | 'unknown';
  text: string;
}

/** A thread, or a VU, above this part of a core has no more to give. */
const BUSY = 0.85;
/** The machine above this part of all cores. */
const MACHINE_BUSY = 0.92;
/** k6’s timers come every 10 ms; later than this, its own queue is in what it measures. */
const LAG_MS = 20;
const OFFERED = 0.97;
/** Cores of other programs that make the figures theirs, too. */
const OTHERS = 0.3;

/** Who set the limit, in a sentence: k6, the exchange, the machine that they share, or nobody. */
export function verdictOf(run: Utilisation): Verdict {
  const { limit, text } = judge(run);
  const { cores, k6, exchange, machine, others } = run;
  const ofExchange = exchange === undefined ? 'the exchange an unknown part' : `the exchange ${exchange.toFixed(2)}`;
  const used = `k6 used ${k6.toFixed(2)} cores, ${ofExchange}, all programs ${machine.toFixed(2)} of ${cores}.`;
  const disturbed = others > OTHERS ? ` Other programs used ${others.toFixed(2)}: the latencies are theirs, too.` : '';
  return { limit, text: `${text} ${used}${disturbed}` };
}

function judge({ cores, vus, k6, exchange, busiestThread, isMainBusiest, ...run }: Utilisation): Verdict {
  const share = Math.min(vus, cores);
  if (exchange !== undefined && busiestThread >= BUSY && busiestThread * share >= k6) {
    const thread = isMainBusiest ? 'its main thread, the gateway,' : 'a worker thread';
    return { limit: 'exchange', text: `The exchange was the limit: ${thread} was ${percent(busiestThread)} busy.` };
  }
  if (k6 >= BUSY * share) {
    const text = `k6 was the limit: ${vus} VUs can use ${share} cores. The exchange can do more than this.`;
    return { limit: 'k6', text };
  }
  const isLate = run.lagP95Ms > LAG_MS;
  if (run.offeredPart >= OFFERED && !isLate) {
    return { limit: 'none', text: 'Nobody was the limit: all that was asked for was sent in time.' };
  }
  if (run.machine >= MACHINE_BUSY * cores) {
    return {
      limit: 'machine',
      text: 'The machine was the limit: this shows neither what k6 nor what the exchange can do.',
    };
  }
  const why = isLate ? `k6’s timers were ${run.lagP95Ms.toFixed(0)} ms late (p95)` : 'windows were full';
  return {
    limit: 'unknown',
    text: `${percent(run.offeredPart)} of the offered requests were sent, ${why}, but no processor was at its limit.`,
  };
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;
