import { expect, test } from 'vitest';
import { rowsAhead } from '../../src/persistence/follower/rowsAhead.ts';
import type { JournalRow } from '../../src/persistence/journal/batch.ts';

const ROW_BYTES = 100;

/** A generator that counts what it was asked for and what came of it. */
function source(rows: number, failAt = Number.POSITIVE_INFINITY) {
  const state = { asked: 0, closed: false };
  async function* generate(): AsyncGenerator<JournalRow, void, void> {
    try {
      for (let seq = 1; seq <= rows; seq++) {
        await Promise.resolve();
        state.asked = seq;
        if (seq === failAt) throw new Error('the database is away');
        yield { firstSeq: seq, lastSeq: seq, payload: new Uint8Array(ROW_BYTES) } as JournalRow;
      }
    } finally {
      state.closed = true;
    }
  }
  return { state, rows: generate() };
}

test('every row comes, in order, and no more are fetched ahead than allowed', async () => {
  const { state, rows } = source(50);
  const seen: number[] = [];
  for await (const row of rowsAhead(rows, 5 * ROW_BYTES)) {
    seen.push(row.lastSeq);
    await new Promise(setImmediate);
    expect(state.asked - row.lastSeq).toBeLessThanOrEqual(6);
    if (row.lastSeq < 40) expect(state.asked).toBeGreaterThan(row.lastSeq);
  }
  expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  expect(state.closed).toBe(true);
});

test('rows before a failure are handed out, then the failure', async () => {
  const seen: number[] = [];
  const reading = async (): Promise<void> => {
    for await (const row of rowsAhead(source(50, 8).rows)) seen.push(row.lastSeq);
  };
  await expect(reading()).rejects.toThrow('the database is away');
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('a reader that leaves early closes the source', async () => {
  const { state, rows } = source(50);
  for await (const row of rowsAhead(rows)) if (row.lastSeq === 3) break;
  expect(state.closed).toBe(true);
});
