import { setImmediate as turn } from 'node:timers/promises';
import { acquireEpoch } from '../../dist/persistence/journal/acquireEpoch.js';
import { JournalWriter } from '../../dist/persistence/journal/journalWriter.js';
import { connect } from '../../dist/persistence/postgres/connect.js';
import { type Latency, percentiles } from '../percentiles.ts';

/** No exchange has it. */
const SHARD = 99;
const WARM_UP = 100;
const PAYLOAD_BYTES = 120;

/** What one small durable commit takes on this database: a journal’s row, written one at a time. */
export async function commitLatency(url: string, count: number): Promise<Latency> {
  const writer = await openJournal(url);
  const samples = new Float64Array(count);
  for (let i = -Math.min(count, WARM_UP); i < count; i++) {
    const start = performance.now();
    await append(writer, 1);
    if (i >= 0) samples[i] = performance.now() - start;
  }
  await writer.close();
  return percentiles(samples);
}

/**
 * What the journal of so many commands a second takes by itself: as the engine does, all that are due are appended together, and
 * the next when they are durable. Milliseconds from when a command was due.
 */
export async function pacedCommits(url: string, perSecond: number, seconds: number): Promise<Latency> {
  const writer = await openJournal(url);
  for (let i = 0; i < WARM_UP; i++) await append(writer, 1);
  const samples = new Float64Array(perSecond * seconds);
  const perMs = perSecond / 1_000;
  const start = performance.now();
  for (let done = 0; done < samples.length; ) {
    const due = Math.min(Math.ceil((performance.now() - start) * perMs), samples.length);
    if (due === done) {
      await turn();
      continue;
    }
    await append(writer, due - done);
    const now = performance.now() - start;
    for (; done < due; done++) samples[done] = now - done / perMs;
  }
  await writer.close();
  return percentiles(samples);
}

async function openJournal(url: string): Promise<JournalWriter> {
  const sql = connect(url, { max: 1, applicationName: 'brier-bench' });
  const { epoch, head } = await acquireEpoch(sql, SHARD);
  await sql.end();
  return new JournalWriter(url, SHARD, epoch, head);
}

function append(writer: JournalWriter, commandCount: number): Promise<void> {
  const firstSeq = writer.head.lastSeq + 1;
  const payload = new Uint8Array(PAYLOAD_BYTES * commandCount);
  return writer.append({ firstSeq, lastSeq: firstSeq + commandCount - 1, commandCount, outputDigest: 0, payload });
}
