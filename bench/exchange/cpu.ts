import { readdirSync, readFileSync } from 'node:fs';

/** A process, and what its main thread is called; its other threads have names of their own. */
export type Watched = { label: string; pid: number; mainThread: string; withChildren?: boolean };
/** Seconds of processor time by process and thread: `exchange/engine`. */
type Sample = { at: number; seconds: Map<string, number> };
/** Cores by process and thread: 0.5 is half of one. */
export type CpuUse = Record<string, number>;

/** USER_HZ of Linux, on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** In /proc/PID/stat after the name in brackets: state is the first, utime and stime the 12th and 13th. */
const PARENT = 1;
const UTIME = 11;
const STIME = 12;
const NICE = 16;

const fieldsOf = (stat: string): string[] => stat.slice(stat.lastIndexOf(')') + 2).split(' ');
const nameOf = (stat: string): string => stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // ended meanwhile, or no Linux
  }
}
function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function childrenOf(pid: number): number[] {
  return list('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => fieldsOf(read(`/proc/${name}/stat`) ?? ')')[PARENT] === String(pid))
    .map(Number);
}

/** What the threads have used since they began. Empty where there is no /proc. */
export function sample(watched: readonly Watched[]): Sample {
  const seconds = new Map<string, number>();
  for (const { label, pid, mainThread, withChildren } of watched) {
    for (const each of [pid, ...(withChildren ? childrenOf(pid) : [])]) {
      for (const thread of list(`/proc/${each}/task`)) {
        const stat = read(`/proc/${each}/task/${thread}/stat`);
        if (stat === undefined) continue;
        const fields = fieldsOf(stat);
        // Of a database’s processes those that the exchange has put behind the others: they write history.
        const nice = Number(fields[NICE]) > 0 ? 'background' : 'foreground';
        const own = withChildren ? nice : Number(thread) === pid ? mainThread : threadName(nameOf(stat));
        const key = `${label}/${own}`;
        const used = (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SECOND;
        seconds.set(key, (seconds.get(key) ?? 0) + used);
      }
    }
  }
  return { at: performance.now(), seconds };
}

/** The compiler’s, the collector’s and the file system’s threads go by the program’s name, or by ones of their own. */
const THREADS: ReadonlySet<string> = new Set(['engine', 'follower', 'resumer']);
const threadName = (name: string): string => (THREADS.has(name) ? name : 'other');

export function used(from: Sample, to: Sample): CpuUse {
  const wall = (to.at - from.at) / 1_000;
  const use: CpuUse = {};
  for (const [key, seconds] of to.seconds) use[key] = Math.max(0, seconds - (from.seconds.get(key) ?? 0)) / wall;
  return use;
}

/** Of one process, all threads. */
export const coresOf = (use: CpuUse, label: string): number =>
  Object.entries(use).reduce((sum, [key, cores]) => (key.startsWith(`${label}/`) ? sum + cores : sum), 0);

const WORTH_TELLING = 0.005;
/** `generator 0.98 · exchange: gateway 0.71, engine 0.40 · postgres 0.33`, in cores. */
export function cpuLine(use: CpuUse): string {
  const byProcess = new Map<string, string[]>();
  for (const [key, cores] of Object.entries(use)) {
    if (cores < WORTH_TELLING) continue;
    const [label = '', thread = ''] = key.split('/');
    const text = thread === label ? cores.toFixed(2) : `${thread} ${cores.toFixed(2)}`;
    byProcess.set(label, [...(byProcess.get(label) ?? []), text]);
  }
  if (byProcess.size === 0) return 'nothing to tell';
  return [...byProcess].map(([label, threads]) => `${label} ${threads.join(', ')}`).join(' · ');
}

export const residentKiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? Number.NaN);

/** How many files, sockets included, a process that we start may have open. */
export const openFilesMax = (): number =>
  Number(/Max open files\s+(\d+)/.exec(read('/proc/self/limits') ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
