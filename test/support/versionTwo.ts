import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as R from '../../src/engines/records/buffer.ts';

/**
 * A journal, and a snapshot in the middle of it, that engine version 2 wrote (snapshot format 2): all kinds of markets,
 * orders and accounts.
 */
const file = (name: string): Buffer => readFileSync(new URL(`../fixtures/engine-v2/${name}`, import.meta.url));

export const snapshotOfTwo = (): Buffer => gunzipSync(file('snapshot.gz'));

export function journalOfTwo(): R.RecordBuffer {
  const payload = gunzipSync(file('journal.gz'));
  const journal = new R.RecordBuffer();
  journal.reserve(payload.length / 4);
  journal.bytes.set(payload);
  return journal;
}

/** What version 2 had then; the snapshot stands before the record at a word of the journal. */
export const expectedOfTwo = JSON.parse(file('expected.json').toString()) as {
  snapshotAtWord: number;
  snapshot: { seq: number; stateHash: string; digest: number };
  end: { seq: number; stateHash: string; digest: number };
};
