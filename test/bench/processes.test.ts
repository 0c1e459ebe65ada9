import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFlow } from '../../bench/engine/flow.ts';
import { writeFlow } from '../../bench/engine/flowFile.ts';
import { compileLadder, inChild } from '../../bench/engine/processes.ts';

const PROGRAM_MAX_MS = 120_000;
const folder = mkdtempSync(join(tmpdir(), 'brier-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

const shape = { markets: 3, ticks: 9_999, count: 4_000, depth: 40, seed: 11 };
const flow = makeFlow(shape);
const file = join(folder, 'flow');
writeFlow(file, flow, shape.seed);

it(
  'a child process measures a contender over the beginning of a flow',
  async () => {
    const count = 3_000;
    const task = {
      kind: 'flow',
      contender: 'engine',
      files: { flow: file, warmUp: file },
      count,
      warmUp: 500,
      latencies: 500,
      allocations: 500,
    } as const;
    const { perSecond, latencyNs, digest, heap } = await inChild(task);
    expect(digest).toEqual(makeFlow({ ...shape, count }).digest);
    expect(perSecond).toBeGreaterThan(0);
    expect(latencyNs.p50).toBeGreaterThan(0);
    expect(latencyNs.p999).toBeGreaterThanOrEqual(latencyNs.p99);
    expect(heap?.allocated).toBeGreaterThanOrEqual(0);
  },
  PROGRAM_MAX_MS,
);

it.each([[[]], [['HASHIDS']]])(
  'the C++ ladder trades and rests what the reference book does %j',
  async (definitions) => {
    const ladder = await compileLadder(folder, definitions);
    if (ladder === 'there is no g++') return;
    if (typeof ladder === 'string') throw new Error(ladder);
    const { digest } = await ladder.run(file, shape.count, 1_000);
    expect(digest).toEqual(flow.digest);
  },
  PROGRAM_MAX_MS,
);
