import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../percentiles.ts';
import { CONTENDERS, SLOW } from './contenders.ts';
import { type Digest, sameDigest } from './digest.ts';
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
const WARM_UP = 200_000;
const LADDERS = { 'C++ ladder, dense ids': [], 'C++ ladder, hashed ids': ['HASHIDS'] } as const;
/** What the tables compare with. */
export const BOUND = 'C++ ladder, hashed ids' satisfies keyof typeof LADDERS;
export const PEER = 'nodejs-order-book' satisfies keyof typeof CONTENDERS;

type Runner = { name: string; count: number; run: (file: string) => Promise<Measured> };

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
    const file = join(folder, 'flow');
    const { latencies, allocations } = samples(plan.count);
    writeFlow(file, namedFlow(flow, { ...plan, count: plan.count + latencies + allocations }), SEED);
    const digests = new Map<number, Digest>();
    for (const count of new Set(runners.map((runner) => runner.count)))
      digests.set(count, namedFlow(flow, { ...plan, count }).digest);
    const measured = new Map<string, Measured[]>(runners.map(({ name }) => [name, []]));
    for (let turn = 0; turn < plan.runs; turn++) {
      for (let i = 0; i < runners.length; i++) {
        const runner = runners[(i + turn) % runners.length] as Runner;
        progress(`${flow.name}, ${turn + 1} of ${plan.runs}: ${runner.name}`);
        measured.get(runner.name)?.push(await runner.run(file));
      }
    }
    rmSync(file);
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
        run: (file) => ladder.run(file, plan.count, samples(plan.count).latencies),
      });
  }
  for (const name of Object.keys(CONTENDERS)) {
    const slow = SLOW.includes(name);
    const count = slow ? plan.slowCount : plan.count;
    const warmUp = Math.min(slow ? WARM_UP / 10 : WARM_UP, count);
    runners.push({
      name,
      count,
      run: (file) => inChild({ kind: 'flow', contender: name, file, count, warmUp, ...samples(count) }),
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
