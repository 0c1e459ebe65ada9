import { readdirSync, readFileSync } from 'node:fs';

/** One moment’s use of processors, in cores: 1 is one core busy all the time. */
export interface CpuSample {
  /** Milliseconds since 1970: the end of the second that it is of. */
  at: number;
  k6: number;
  exchange: number;
  /** The exchange’s threads, the main one first, then the busiest of the others. */
  threads: number[];
  postgres: number;
  /** Everything on this machine. */
  machine: number;
  /** Resident memory of the exchange and of k6, in MiB. */
  exchangeMiB: number;
  k6MiB: number;
}

export interface Watched {
  k6: number;
  /** undefined: not on this machine, or not known. */
  exchange: number | undefined;
  postgres: number | undefined;
}

/** The kernel counts processor time in hundredths of a second, on every Linux. */
const TICKS_PER_SECOND = 100;
const PAGE_KIB = 4;
const SAMPLE_MS = 1000;
/** Other threads than the main one that are told: the engine’s, the follower’s and whatever else is busy. */
const THREADS_TOLD = 3;

/** Ticks of one look at /proc. */
interface Look {
  atMs: number;
  k6: number;
  exchange: number;
  postgres: number;
  machine: number;
  threads: Map<number, number>;
}

/** Samples once a second until it is stopped. Nothing where there is no /proc. */
export class CpuSampler {
  readonly samples: CpuSample[] = [];
  readonly #watched: Watched;
  #last: Look;
  readonly #timer: NodeJS.Timeout;

  constructor(watched: Watched) {
    this.#watched = watched;
    this.#last = this.#look();
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  get latest(): CpuSample | undefined {
    return this.samples.at(-1);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): Look {
    const { k6, exchange, postgres } = this.#watched;
    return {
      atMs: performance.now(),
      k6: ticksOf(k6),
      exchange: ticksOf(exchange),
      postgres:
        postgres === undefined
          ? 0
          : ticksOf(postgres) + childrenOf(postgres).reduce((sum, pid) => sum + ticksOf(pid), 0),
      machine: machineTicks(),
      threads: threadTicks(exchange),
    };
  }

  #sample(): void {
    const now = this.#look();
    const last = this.#last;
    this.#last = now;
    const ticks = ((now.atMs - last.atMs) / 1000) * TICKS_PER_SECOND;
    const cores = (of: 'k6' | 'exchange' | 'postgres' | 'machine'): number => Math.max(0, now[of] - last[of]) / ticks;
    const [main = 0, ...others] = [...now.threads].map(([id, count]) => (count - (last.threads.get(id) ?? 0)) / ticks);
    this.samples.push({
      at: Date.now(),
      k6: cores('k6'),
      exchange: cores('exchange'),
      threads: [main, ...others.sort((a, b) => b - a).slice(0, THREADS_TOLD)],
      postgres: cores('postgres'),
      machine: cores('machine'),
      exchangeMiB: residentMiB(this.#watched.exchange),
      k6MiB: residentMiB(this.#watched.k6),
    });
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended, or this is not Linux
  }
};

/** User and system time of a `stat` file. Its second field is a name in parentheses that may hold anything. */
function ticksIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? 0 : Number(fields[11]) + Number(fields[12]);
}

const ticksOf = (pid: number | undefined): number => (pid === undefined ? 0 : ticksIn(read(`/proc/${pid}/stat`)));

const childrenOf = (pid: number): number[] =>
  read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);

function machineTicks(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] =
    read('/proc/stat').split('\n', 1)[0]?.split(/ +/).map(Number) ?? [];
  return user + nice + system + irq + softirq;
}

function threadTicks(pid: number | undefined): Map<number, number> {
  if (pid === undefined) return new Map();
  let ids: number[] = [];
  try {
    ids = readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    // It has ended, or this is not Linux.
  }
  ids.sort((a, b) => a - b);
  return new Map(ids.map((id) => [id, ticksIn(read(`/proc/${pid}/task/${id}/stat`))]));
}

const residentMiB = (pid: number | undefined): number =>
  pid === undefined ? 0 : (Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_KIB) / 1024;
