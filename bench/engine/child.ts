import { run } from './contender.ts';
import { CONTENDERS, type ContenderName } from './contenders.ts';
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
  const flow = readFlow(asked.files.flow, asked.count + asked.latencies + asked.allocations);
  // The compiler has seen every kind of command, in books as deep and as many, before the clock runs.
  const before = readFlow(asked.files.warmUp, asked.warmUp);
  run(make(before), 0, before.prefill + before.count);
  return measure(make(flow), flow.prefill, asked);
}
