import { Worker } from 'node:worker_threads';
import { PROGRESS_BYTES, SharedProgress } from '../persistence/follower/progress.ts';

export type FollowerWorkerData = {
  databaseUrl: string;
  shard: number;
  /** See `ProgressWriter`. */
  progress: SharedArrayBuffer;
  /** One BigInt64: the last sequence whose commit is confirmed. */
  committed: SharedArrayBuffer;
  /** PostgreSQL is the embedded one. */
  ownServer: boolean;
};
/** `committed`: somebody waits for rows of `seq`. */
export type ToFollower = { type: 'stop' } | { type: 'committed'; seq: number };
export type FromFollower =
  | { type: 'ready' }
  | { type: 'trouble'; message: string }
  | { type: 'stopped' }
  | { type: 'fatal'; error: string };

export type FollowerThread = {
  progress: SharedProgress;
  /** Catches up with the journal, writes a snapshot, ends. */
  stop(): Promise<void>;
};

/** Starts the follower’s thread; resolves when it has restored its state and follows. */
export function startFollower(deps: {
  databaseUrl: string;
  shard: number;
  committed: SharedArrayBuffer;
  ownServer: boolean;
  onTrouble: (message: string) => void;
  onFatal: (error: string) => void;
}): Promise<FollowerThread> {
  const memory = new SharedArrayBuffer(PROGRESS_BYTES);
  const { databaseUrl, shard, committed, ownServer } = deps;
  const workerData: FollowerWorkerData = { databaseUrl, shard, progress: memory, committed, ownServer };
  const worker = new Worker(new URL('../workers/follower.js', import.meta.url), { workerData, name: 'follower' });
  const progress = new SharedProgress(memory, (seq) => {
    worker.postMessage({ type: 'committed', seq } satisfies ToFollower);
  });
  return new Promise((resolve, reject) => {
    let ready = false;
    let ended: (() => void) | undefined;
    const fail = (error: string): void => {
      if (ended !== undefined) ended();
      if (ready) deps.onFatal(error);
      else reject(new Error(error));
    };
    worker.on('error', (error) => fail(error.stack ?? error.message));
    worker.on('exit', (code) => {
      if (ended !== undefined) ended();
      else fail(`the follower’s thread ended with code ${code}`);
    });
    worker.on('message', (message: FromFollower) => {
      if (message.type === 'trouble') deps.onTrouble(message.message);
      else if (message.type === 'fatal') fail(message.error);
      else if (message.type === 'stopped') ended?.();
      else {
        ready = true;
        const stop = (): Promise<void> => {
          progress.close();
          return new Promise((done) => {
            ended = done;
            worker.postMessage({ type: 'stop' } satisfies ToFollower);
          });
        };
        resolve({ progress, stop });
      }
    });
  });
}
