import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromGenerator, Results, Task, ToGenerator } from '../generator/tasks.ts';
import { median } from '../percentiles.ts';
import { type CpuUse, sample, used, type Watched } from './cpu.ts';

const CHILD = fileURLToPath(new URL('../generator/child.ts', import.meta.url));
/** A load that has not ended by then never will. */
const TASK_MS_MAX = 300_000;

let running: ChildProcess | undefined;
process.on('exit', () => running?.kill());

export type Loaded<R> = { result: R; cpu: CpuUse };

/** Runs a task in a generator process of its own and looks at the processors while it measures. */
export async function load<K extends Task['kind']>(
  task: Task & { kind: K },
  watched: readonly Watched[],
  while_?: (generator: { pid: number; enough(): void }) => Promise<void>,
): Promise<Loaded<Results[K]>> {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CHILD], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running = child;
  const tell = (message: ToGenerator): void => {
    child.send(message);
  };
  const all = [{ label: 'generator', pid: child.pid as number, mainThread: 'generator' }, ...watched];
  let from = sample(all);
  let to = from;
  const timer = setTimeout(() => child.kill('SIGKILL'), TASK_MS_MAX);
  try {
    const result = await new Promise<Results[K]>((resolve, reject) => {
      child.once('exit', (code) => reject(new Error(`the generator ended with code ${code}`)));
      child.on('message', (message: FromGenerator) => {
        if (message.type === 'begin') {
          from = sample(all);
          while_?.({ pid: child.pid as number, enough: () => tell({ type: 'enough' }) }).catch(reject);
        } else if (message.type === 'end') to = sample(all);
        else if (message.type === 'result') resolve(message.result as Results[K]);
        else reject(new Error(message.error));
      });
      tell({ type: 'task', task });
    });
    return { result, cpu: used(from, to) };
  } finally {
    clearTimeout(timer);
    child.kill();
  }
}

/** The middle one by a value. */
export function middleOf<T>(items: readonly T[], value: (item: T) => number): T {
  const middle = median(items.map(value));
  return items.find((item) => value(item) === middle) as T;
}
