import { parentPort, workerData } from 'node:worker_threads';
import { Follower } from '../persistence/follower/follower.ts';
import { ProgressWriter } from '../persistence/follower/progress.ts';
import type { FollowerWorkerData, FromFollower, ToFollower } from '../process/followerThread.ts';

/** The follower’s thread: replays the journal as it grows until it is told to stop. */
const port = parentPort;
if (port === null) throw new Error('the follower runs in a worker thread');
const data = workerData as FollowerWorkerData;
const say = (message: FromFollower): void => port.postMessage(message);

try {
  const progress = new ProgressWriter(data.progress);
  const committed = new BigInt64Array(data.committed);
  const follower = await Follower.start({
    databaseUrl: data.databaseUrl,
    shard: data.shard,
    onApplied: (seq) => progress.report(seq),
    onTrouble: (message) => say({ type: 'trouble', message }),
    committed: () => Number(Atomics.load(committed, 0)),
  });
  port.on('message', (message: ToFollower) => {
    if (message.type === 'stop') follower.stop();
  });
  say({ type: 'ready' });
  await follower.run();
  say({ type: 'stopped' });
  port.close();
} catch (error) {
  say({ type: 'fatal', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
