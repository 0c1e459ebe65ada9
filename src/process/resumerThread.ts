import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { JournalReaders } from '../persistence/resume/journalReaders.ts';
import type { FromResumer, ToResumer } from '../persistence/resume/messages.ts';

export type ResumerWorkerData = { databaseUrl: string; shard: number };

/** A thread that is in the middle of a statement when it is told to stop is not waited for longer. */
const STOP_MS = 2_000;

/** Resumes from the journal in a thread of their own, which runs only while somebody resumes. */
export function resumerThread(deps: {
  databaseUrl: string;
  shard: number;
  onTrouble: (message: string) => void;
}): JournalReaders {
  const { databaseUrl, shard, onTrouble } = deps;
  const workerData: ResumerWorkerData = { databaseUrl, shard };
  return new JournalReaders((receive, lost) => {
    const worker = new Worker(new URL('../workers/resumer.js', import.meta.url), { workerData, name: 'resumer' });
    const ended = once(worker, 'exit');
    // An error reaches `once` as a rejection, too; it is told below.
    ended.catch(() => {});
    worker.on('error', (error) => lost(error.stack ?? error.message));
    worker.on('exit', (code) => lost(`the resumer’s thread ended with code ${code}`));
    worker.on('message', (message: FromResumer) => receive(message));
    return {
      post: (message) => worker.postMessage(message),
      stop: async () => {
        worker.postMessage({ type: 'stop' } satisfies ToResumer);
        const timer = setTimeout(() => void worker.terminate(), STOP_MS);
        await ended.catch(() => {});
        clearTimeout(timer);
      },
    };
  }, onTrouble);
}
