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
  /** It leaves the processors to others, and says when it falls behind. */
  inBackground: boolean;
  /** How long it may be behind before it says so, in ms. */
  behindMsMax?: number;
};
/** `committed`: somebody waits for rows of `seq`. */
export type ToFollower = { type: 'stop' } | { type: 'committed'; seq: number };
export type FromFollower =
  | { type: 'ready' }
  | { type: 'trouble'; message: string }
  | { type: 'behind' }
  | { type: 'stopped' }
  | { type: 'fatal'; error: string };

export type FollowerThread = {
  progress: SharedProgress;
  /** Catches up with the journal, writes a snapshot, ends. */
  stop(): Promise<void>;
};

type FollowerDeps = {
  databaseUrl: string;
  shard: number;
  committed: SharedArrayBuffer;
  ownServer: boolean;
  behindMsMax?: number;
  onTrouble: (message: string) => void;
  onFatal: (error: string) => void;
};

/**
 * Starts the follower’s thread; resolves when it has restored its state and follows. It works in the background; where the
 * machine has no time for that, it is started again at an ordinary priority, which a thread cannot take back by itself.
 */
export async function startFollower(deps: FollowerDeps): Promise<FollowerThread> {
  const memory = new SharedArrayBuffer(PROGRESS_BYTES);
  let current: FollowerRun | undefined;
  let stopped = false;
  let replacing = Promise.resolve();
  const progress = new SharedProgress(memory, (seq) => current?.tell({ type: 'committed', seq }));
  const replace = async (): Promise<void> => {
    if (stopped) return;
    deps.onTrouble('history is too far behind: the follower is started again and no longer yields to the rest');
    await current?.stop();
    if (stopped) return;
    current = await startRun(deps, memory, false, () => {});
  };
  current = await startRun(deps, memory, true, () => {
    replacing = replace().catch((error: unknown) => deps.onFatal(String(error)));
  });
  return {
    progress,
    async stop() {
      stopped = true;
      progress.close();
      await replacing;
      await current?.stop();
    },
  };
}

/** One thread. */
type FollowerRun = { tell(message: ToFollower): void; stop(): Promise<void> };

function startRun(
  deps: FollowerDeps,
  memory: SharedArrayBuffer,
  inBackground: boolean,
  onBehind: () => void,
): Promise<FollowerRun> {
  const { onTrouble, onFatal, ...data } = deps;
  const workerData: FollowerWorkerData = { ...data, progress: memory, inBackground };
  const worker = new Worker(new URL('../workers/follower.js', import.meta.url), { workerData, name: 'follower' });
  return new Promise((resolve, reject) => {
    let ready = false;
    let over = false;
    let ended: (() => void) | undefined;
    const end = (): void => {
      over = true;
      ended?.();
    };
    const fail = (error: string): void => {
      if (ended !== undefined) end();
      if (ready) onFatal(error);
      else reject(new Error(error));
    };
    const tell = (message: ToFollower): void => worker.postMessage(message);
    const stop = (): Promise<void> =>
      new Promise((done) => {
        if (over) return done();
        ended = done;
        tell({ type: 'stop' });
      });
    worker.on('error', (error) => fail(error.stack ?? error.message));
    worker.on('exit', (code) => {
      if (ended !== undefined) end();
      else fail(`the follower’s thread ended with code ${code}`);
    });
    worker.on('message', (message: FromFollower) => {
      if (message.type === 'trouble') onTrouble(message.message);
      else if (message.type === 'behind') onBehind();
      else if (message.type === 'fatal') fail(message.error);
      else if (message.type === 'stopped') end();
      else {
        ready = true;
        resolve({ tell, stop });
      }
    });
  });
}
