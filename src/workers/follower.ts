import { parentPort, workerData } from 'node:worker_threads';
import { Follower } from '../persistence/follower/follower.ts';
import { ProgressWriter } from '../persistence/follower/progress.ts';
import { putProcessInBackground, putThreadInBackground } from '../process/background.ts';
import type { FollowerWorkerData, FromFollower, ToFollower } from '../process/followerThread.ts';
import { nameThread } from '../process/threadName.ts';

/**
 * History may be late, an acknowledgement may not: under load the follower leaves the processors to the engine and the sockets.
 * One that has not come to the end of the journal for so long asks to be started again, and then takes its share.
 */
const BEHIND_MS_MAX = 60_000;

/** The follower’s thread: follows until it is told to stop, or until going on would be wrong. */
const port = parentPort;
if (port === null) throw new Error('the follower runs in a worker thread');
nameThread('follower');
const data = workerData as FollowerWorkerData;
const say = (message: FromFollower): void => port.postMessage(message);

const { inBackground, ownServer, behindMsMax = BEHIND_MS_MAX } = data;
if (inBackground) putThreadInBackground();

const progress = new ProgressWriter(data.progress);
const committed = new BigInt64Array(data.committed);
let follower: Follower | null = null;
let stopping = false;

port.on('message', (message: ToFollower) => {
  if (message.type === 'committed') return follower?.wake(message.seq);
  stopping = true;
  follower?.stop();
});

try {
  follower = await Follower.start({
    databaseUrl: data.databaseUrl,
    shard: data.shard,
    onApplied: (seq) => progress.report(seq),
    onTrouble: (message) => say({ type: 'trouble', message }),
    ...(inBackground && {
      ...(ownServer && { onWriter: putProcessInBackground }),
      onBehind: { afterMs: behindMsMax, call: () => say({ type: 'behind' }) },
    }),
    committed: () => Number(Atomics.load(committed, 0)),
  });
  if (stopping) follower.stop();
  say({ type: 'ready' });
  await follower.run();
  say({ type: 'stopped' });
} catch (error) {
  say({ type: 'fatal', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
port.close();
