import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../percentiles.ts';
import { CONTENDERS, SLOW } from './contenders.ts';
import { type Digest, sameDigest } from './digest.ts';
import { makeFlow } from './flow.ts';
import { writeFlow } from './flowFile.ts';
import { FLOWS, namedFlow, SEED } from './flows.ts';
import type { Measured } from './measure.ts';
import { compileLadder, inChild } from './processes.ts';

export type FlowPlan = { count: number; depth: number; slowCount: number; runs: number };
export type FlowRow = Measured & {
  name: string;
  /** Commands that it was given. */
  count: number;
  /** Of all runs. */
  digestOk: boolean;
  slowest: number;
  fastest: number;
};
export type FlowReport = { name: string; rows: FlowRow[]; skipped: string[] };

const LATENCIES_MAX = 250_000;
const ALLOCATIONS_MAX = 20_480;
/** Commands of a flow of the same shape before the clock runs: an exchange runs for days, and what the compiler still has to do in the
 * first half second is not its speed. Less for programs that take so long for them that they are compiled anyway. */
const WARM_UP = 1_000_000;
const WARM_UP_SLOW = 20_000;
const WARM_UP_SEED = 1;
const LADDERS = { 'C++ ladder, dense ids': [], 'C++ ladder, hashed ids': ['HASHIDS'] } as const;
/** What the tables compare with. */
export const BOUND = 'C++ ladder, hashed ids' satisfies keyof typeof LADDERS;
export const PEER = 'nodejs-order-book' satisfies keyof typeof CONTENDERS;

type Files = { flow: string; warmUp: string };
type Runner = { name: string; count: number; run: (files: Files) => Promise<Measured> };

/** Runs every flow through every contender, by turns: what else the machine does disturbs them all alike. */
export async function compareFlows(
  plan: FlowPlan,
  folder: string,
  progress: (what: string) => void,
): Promise<FlowReport[]> {
  const { runners, skipped } = await makeRunners(plan, folder);
  const reports: FlowReport[] = [];
  for (const flow of FLOWS) {
    progress(`making the flow '${flow.name}'`);
    const files: Files = { flow: join(folder, 'flow'), warmUp: join(folder, 'warm-up') };
    const { latencies, allocations } = samples(plan.count);
    writeFlow(files.flow, namedFlow(flow, { ...plan, count: plan.count + latencies + allocations }), SEED);
    const warmUp = { ...plan, markets: flow.markets, ticks: flow.ticks, count: Math.min(WARM_UP, plan.count) };
    writeFlow(files.warmUp, makeFlow({ ...warmUp, seed: WARM_UP_SEED }), WARM_UP_SEED);
    const digests = new Map<number, Digest>();
    for (const count of new Set(runners.map((runner) => runner.count)))
      digests.set(count, namedFlow(flow, { ...plan, count }).digest);
    const measured = new Map<string, Measured[]>(runners.map(({ name }) => [name, []]));
    for (let turn = 0; turn < plan.runs; turn++) {
      for (let i = 0; i < runners.length; i++) {
        const runner = runners[(i + turn) % runners.length] as Runner;
        progress(`${flow.name}, ${turn + 1} of ${plan.runs}: ${runner.name}`);
        measured.get(runner.name)?.push(await runner.run(files));
      }
    }
    for (const file of Object.values(files)) rmSync(file);
    const rows = runners.map(({ name, count }) =>
      summarize(name, count, measured.get(name) as Measured[], digests.get(count) as Digest),
    );
    reports.push({ name: flow.name, rows, skipped });
  }
  return reports;
}

async function makeRunners(plan: FlowPlan, folder: string): Promise<{ runners: Runner[]; skipped: string[] }> {
  const runners: Runner[] = [];
  const skipped: string[] = [];
  for (const [name, definitions] of Object.entries(LADDERS)) {
    const ladder = await compileLadder(folder, definitions);
    if (typeof ladder === 'string') skipped.push(`${name}: skipped, ${ladder}`);
    else
      runners.push({
        name,
        count: plan.count,
        run: ({ flow }) => ladder.run(flow, plan.count, samples(plan.count).latencies),
      });
  }
  for (const name of Object.keys(CONTENDERS)) {
    const slow = SLOW.includes(name);
    const count = slow ? plan.slowCount : plan.count;
    const warmUp = Math.min(slow ? WARM_UP_SLOW : WARM_UP, count);
    runners.push({
      name,
      count,
      run: (files) => inChild({ kind: 'flow', contender: name, files, count, warmUp, ...samples(count) }),
    });
  }
  return { runners, skipped };
}

/** Commands after those for speed, by which latencies are measured and the heap is looked at. */
function samples(count: number): { latencies: number; allocations: number } {
  return { latencies: Math.min(LATENCIES_MAX, count), allocations: Math.min(ALLOCATIONS_MAX, count) };
}

function summarize(name: string, count: number, runs: readonly Measured[], digest: Digest): FlowRow {
  const middle = (of: (run: Measured) => number): number => median(runs.map(of));
  const heapOf = (of: (heap: NonNullable<Measured['heap']>) => number): number =>
    middle((run) => (run.heap === undefined ? Number.NaN : of(run.heap)));
  const rates = runs.map(({ perSecond }) => perSecond);
  return {
    name,
    count,
    perSecond: median(rates),
    slowest: Math.min(...rates),
    fastest: Math.max(...rates),
    latencyNs: {
      p50: middle(({ latencyNs }) => latencyNs.p50),
      p99: middle(({ latencyNs }) => latencyNs.p99),
      p999: middle(({ latencyNs }) => latencyNs.p999),
    },
    digest: (runs.find((run) => !sameDigest(run.digest, digest)) ?? (runs[0] as Measured)).digest,
    digestOk: runs.every((run) => sameDigest(run.digest, digest)),
    ...(runs[0]?.heap === undefined
      ? {}
      : {
          heap: {
            retained: heapOf(({ retained }) => retained),
            allocated: heapOf(({ allocated }) => allocated),
            scavenges: heapOf(({ scavenges }) => scavenges),
            others: heapOf(({ others }) => others),
            longestMs: heapOf(({ longestMs }) => longestMs),
          },
        }),
  };
}
