import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { BatchTimes } from '../engines/loop/batchTimes.ts';
import { EngineLoop } from '../engines/loop/engineLoop.ts';
import { INLINING } from '../engines/loop/inlining.ts';
import { Ring } from '../engines/loop/ring.ts';
import { acquireEpoch } from '../persistence/journal/acquireEpoch.ts';
import { JournalWriter } from '../persistence/journal/journalWriter.ts';
import { connect } from '../persistence/postgres/connect.ts';
import { recover } from '../persistence/recovery.ts';
import type { EngineWorkerData, FromEngine, ToEngine } from '../process/engineThread.ts';
import { nameThread } from '../process/threadName.ts';

/**
 * The engine is many small functions, so that it can be read; the compiler may join more of them than it would by itself.
 * `npm run bench:engine` runs with the same flags; docs/PERFORMANCE.md says what they gave.
 */
for (const flag of INLINING) setFlagsFromString(flag);

/** The engine’s thread: takes the shard over, recovers its state, then runs the loop until it is told to stop. */
const port = parentPort;
if (port === null) throw new Error('the engine runs in a worker thread');
nameThread('engine');
const data = workerData as EngineWorkerData;
const say = (message: FromEngine): void => port.postMessage(message);
const fatal = (error: unknown): void =>
  say({ type: 'fatal', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });

try {
  const sql = connect(data.databaseUrl, { max: 2, applicationName: 'brier-engine' });
  const { epoch, head } = await acquireEpoch(sql, data.shard);
  const started = performance.now();
  const { engine, replayed } = await recover(sql, data.shard, {
    onProgress: (commands, seq) => say({ type: 'progress', commands, seq }),
  });
  await sql.end();
  if (engine.seq !== head.lastSeq)
    throw new Error(`recovered up to ${engine.seq}, but the journal ends at ${head.lastSeq}`);
  if (!engine.audit().conserved) throw new Error('money is not conserved in the recovered state');
  const journal = new JournalWriter(data.databaseUrl, data.shard, epoch, head, {
    onTrouble: (trouble) => say({ type: 'trouble', ...trouble }),
  });
  const committed = new BigInt64Array(data.committed);
  Atomics.store(committed, 0, BigInt(engine.seq));
  const output = new Ring(data.output);
  output.onSleeper = () => say({ type: 'wake' });
  const loop = new EngineLoop({
    engine,
    journal,
    input: new Ring(data.input),
    output,
    now: Date.now,
    onCommitted: (seq) => {
      Atomics.store(committed, 0, BigInt(seq));
    },
    times: new BatchTimes(data.times),
    onFatal: fatal,
  });
  port.on('message', async (message: ToEngine) => {
    if (message.type !== 'stop') return;
    await loop.stop();
    await journal.close();
    say({ type: 'stopped', seq: engine.seq });
    port.close();
  });
  say({ type: 'ready', image: engine.image(), replayed, recoveryMs: performance.now() - started });
  loop.start();
} catch (error) {
  fatal(error);
}
