import { Worker } from 'node:worker_threads';
import type { EngineImage } from '../engines/image.ts';
import { BatchTimes } from '../engines/loop/batchTimes.ts';
import { Ring } from '../engines/loop/ring.ts';
import { RingPort } from '../gateway/engine-port/ringPort.ts';

export type EngineWorkerData = {
  databaseUrl: string;
  shard: number;
  input: SharedArrayBuffer;
  output: SharedArrayBuffer;
  /** One BigInt64: the last sequence whose commit is confirmed. */
  committed: SharedArrayBuffer;
  /** See {@link BatchTimes}. */
  times: SharedArrayBuffer;
};
export type ToEngine = { type: 'stop' };
export type FromEngine =
  | { type: 'wake' }
  | { type: 'progress'; commands: number; seq: number }
  | { type: 'trouble'; message: string; attempt: number; retryInMs: number }
  | { type: 'ready'; image: EngineImage; replayed: number; recoveryMs: number }
  | { type: 'stopped'; seq: number }
  | { type: 'fatal'; error: string };

/** Words of the rings: 4 MiB of commands and 32 MiB of events that may wait between the threads. */
const INPUT_WORDS = 1 << 20;
const OUTPUT_WORDS = 1 << 23;

export type EngineThread = {
  port: RingPort;
  image: EngineImage;
  replayed: number;
  recoveryMs: number;
  committed: SharedArrayBuffer;
  /** Resolves when everything sent has been committed and answered. */
  stop(): Promise<void>;
};

/** Starts the engine’s thread and resolves when it has recovered and takes commands. */
export function startEngine(deps: {
  databaseUrl: string;
  shard: number;
  onProgress: (commands: number) => void;
  onTrouble: (message: string) => void;
  onFatal: (error: string) => void;
}): Promise<EngineThread> {
  const input = Ring.memory(INPUT_WORDS);
  const output = Ring.memory(OUTPUT_WORDS);
  const committed = new SharedArrayBuffer(8);
  const times = BatchTimes.memory();
  const { databaseUrl, shard } = deps;
  const workerData: EngineWorkerData = { databaseUrl, shard, input, output, committed, times };
  const worker = new Worker(new URL('../workers/engine.js', import.meta.url), { workerData, name: 'engine' });
  return new Promise((resolve, reject) => {
    let ready = false;
    let stopped: (() => void) | undefined;
    let wake: (() => void) | undefined;
    const fail = (error: string): void => {
      if (ready) deps.onFatal(error);
      else reject(new Error(error));
    };
    worker.on('error', (error) => fail(error.stack ?? error.message));
    worker.on('exit', (code) => {
      if (stopped === undefined) fail(`the engine’s thread ended with code ${code}`);
    });
    worker.on('message', (message: FromEngine) => {
      if (message.type === 'wake') wake?.();
      else if (message.type === 'progress') deps.onProgress(message.commands);
      else if (message.type === 'trouble') deps.onTrouble(message.message);
      else if (message.type === 'fatal') fail(message.error);
      else if (message.type === 'stopped') stopped?.();
      else {
        ready = true;
        const { image, replayed, recoveryMs } = message;
        const port = new RingPort(new Ring(input), new Ring(output), image.seq, image.time, {
          times: new BatchTimes(times),
        });
        wake = port.wake;
        const stop = async (): Promise<void> => {
          await port.idle();
          await new Promise<void>((done) => {
            stopped = done;
            worker.postMessage({ type: 'stop' } satisfies ToEngine);
          });
        };
        resolve({ port, image, replayed, recoveryMs, committed, stop });
      }
    });
  });
}
