import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { Follower } from '../persistence/follower/follower.ts';
import { ProgressWriter } from '../persistence/follower/progress.ts';
import type { FollowerWorkerData, FromFollower, ToFollower } from '../process/followerThread.ts';
import { nameThread } from '../process/threadName.ts';

/** The follower’s thread: follows until it is told to stop, or until going on would be wrong. */
const port = parentPort;
if (port === null) throw new Error('the follower runs in a worker thread');
nameThread('follower');
const data = workerData as FollowerWorkerData;
const say = (message: FromFollower): void => port.postMessage(message);

// History may be late, an acknowledgement may not: under load the follower leaves the processor to the engine and the
// sockets. On Linux, 0 is the calling thread; elsewhere it would be the whole process.
const NICE = 10;
if (process.platform === 'linux') setPriority(0, NICE);

const progress = new ProgressWriter(data.progress);
const committed = new BigInt64Array(data.committed);
let follower: Follower | null = null;
let stopping = false;

port.on('message', (message: ToFollower) => {
  if (message.type === 'committed') return follower?.wake();
  stopping = true;
  follower?.stop();
});

try {
  follower = await Follower.start({
    databaseUrl: data.databaseUrl,
    shard: data.shard,
    onApplied: (seq) => progress.report(seq),
    onTrouble: (message) => say({ type: 'trouble', message }),
    inBackground: data.ownServer,
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
