import { type ChildProcess, execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { INLINING } from '../../dist/engines/loop/inlining.js';
import type { Measured } from './measure.ts';
import type { Answers, Task } from './tasks.ts';

/** One at a time: two would share caches and cores. It does not outlive the bench. */
let running: ChildProcess | undefined;
process.on('exit', () => running?.kill());

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
const LADDER = fileURLToPath(new URL('./ladder.cpp', import.meta.url));

async function execute(program: string, args: readonly string[]): Promise<string> {
  const execution = promisify(execFile)(program, args);
  running = execution.child;
  const { stdout } = await execution;
  return stdout;
}

/**
 * Does a task in a Node process of its own: what one run has compiled and allocated is not the next one’s luck. All run with
 * the flags of the engine’s thread.
 */
export async function inChild<K extends Task['kind']>(task: Task & { kind: K }): Promise<Answers[K]> {
  const args = ['--expose-gc', ...INLINING, '--import', import.meta.resolve('tsx'), CHILD, JSON.stringify(task)];
  return JSON.parse(await execute(process.execPath, args)) as Answers[K];
}

export type Ladder = { run(file: string, count: number, latencies: number): Promise<Measured> };

/** Compiles `ladder.cpp` into a folder; the reason where that is impossible. */
export async function compileLadder(folder: string, definitions: readonly string[]): Promise<Ladder | string> {
  const program = join(folder, ['ladder', ...definitions].join('-'));
  const flags = ['-O3', '-march=native', '-std=c++20', ...definitions.map((name) => `-D${name}`)];
  try {
    await execute('g++', [...flags, '-o', program, LADDER]);
  } catch (error) {
    return (error as Error & { code?: string }).code === 'ENOENT' ? 'there is no g++' : (error as Error).message;
  }
  return {
    async run(file, count, latencies) {
      return JSON.parse(await execute(program, [file, String(count), String(latencies)])) as Measured;
    },
  };
}
