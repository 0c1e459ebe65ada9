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
  const sql = connect(url, { max: 1, applicationName: 'brier-bench' });
  const { epoch, head } = await acquireEpoch(sql, SHARD);
  await sql.end();
  const writer = new JournalWriter(url, SHARD, epoch, head);
  const samples = new Float64Array(count);
  for (let i = -Math.min(count, WARM_UP); i < count; i++) {
    const seq = writer.head.lastSeq + 1;
    const start = performance.now();
    await writer.append({
      firstSeq: seq,
      lastSeq: seq,
      commandCount: 1,
      outputDigest: 0,
      payload: new Uint8Array(PAYLOAD_BYTES),
    });
    if (i >= 0) samples[i] = performance.now() - start;
  }
  await writer.close();
  return percentiles(samples);
}
