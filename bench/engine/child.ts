import { run } from './contender.ts';
import { CONTENDERS, type ContenderName } from './contenders.ts';
import { makeFlow } from './flow.ts';
import { readFlow } from './flowFile.ts';
import { type Measured, measure } from './measure.ts';
import type { Task } from './tasks.ts';

/** One measurement in a fresh process: the task as JSON in, its answer as JSON out. */
const task = JSON.parse(process.argv[2] as string) as Task;
process.stdout.write(`${JSON.stringify(await answer(task))}\n`);

async function answer(asked: Task): Promise<unknown> {
  switch (asked.kind) {
    case 'flow':
      return runFlow(asked);
    case 'flatness':
      return (await import('./flatness.ts')).nsPerCommand(asked.size);
    case 'memory':
      return (await import('./flatness.ts')).memoryEach(asked.count);
    case 'lmsr':
      return (await import('./lmsrTrades.ts')).nsPerMakerTrade(asked.outcomes, asked.count);
  }
}

async function runFlow(asked: Task & { kind: 'flow' }): Promise<Measured> {
  const make = await CONTENDERS[asked.contender as ContenderName]();
  const flow = readFlow(asked.file, asked.count + asked.latencies + asked.allocations);
  // A small flow of the same prices: the compiler has seen every kind of command before the clock runs.
  const small = makeFlow({ markets: 1, ticks: flow.ticks, count: asked.warmUp, depth: 200, seed: 1 });
  run(make(small), 0, small.prefill + small.count);
  return measure(make(flow), flow.prefill, asked);
}
