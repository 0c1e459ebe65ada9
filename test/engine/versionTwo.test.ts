import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Engine, SNAPSHOT_FORMAT_BEFORE } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';

/**
 * A journal, and a snapshot in the middle of it, that engine version 2 wrote (format 2): all kinds of markets, orders and
 * accounts. This version goes on from either, to the same events.
 */
const file = (name: string): Buffer => readFileSync(new URL(`../fixtures/engine-v2/${name}`, import.meta.url));
const snapshot = gunzipSync(file('snapshot.gz'));
const journal = new R.RecordBuffer();
const payload = gunzipSync(file('journal.gz'));
journal.reserve(payload.length / 4);
journal.bytes.set(payload);
const expected = JSON.parse(file('expected.json').toString()) as {
  snapshotAtWord: number;
  snapshot: { stateHash: string; digest: number };
  end: { seq: number; stateHash: string; digest: number };
};

function replay(engine: Engine, from: number, to: number): void {
  const events = new R.RecordBuffer();
  R.eachRecord(journal.i32, from, to, (at) => {
    events.clear();
    engine.apply(journal.i32, journal.f64, at, events);
  });
  engine.checkInvariants();
}

const seen = (engine: Engine) => ({ stateHash: engine.stateHash(SNAPSHOT_FORMAT_BEFORE), digest: engine.digest });

it('restores its snapshot', () => {
  const engine = Engine.restore(snapshot);
  engine.checkInvariants();
  expect(seen(engine)).toEqual(expected.snapshot);
  expect(engine.image()).toMatchObject({ connections: { defaults: [], armed: 0 }, quoteGroups: [] });
  expect(Engine.restore(engine.snapshot()).stateHash()).toBe(engine.stateHash());
  replay(engine, expected.snapshotAtWord, journal.words);
  expect({ seq: engine.seq, ...seen(engine) }).toEqual(expected.end);
});

it('replays its journal', () => {
  const engine = new Engine();
  replay(engine, 0, expected.snapshotAtWord);
  expect(seen(engine)).toEqual(expected.snapshot);
  replay(engine, expected.snapshotAtWord, journal.words);
  expect({ seq: engine.seq, ...seen(engine) }).toEqual(expected.end);
});

it('is older than nothing that is unknown', () => {
  const other = new Uint8Array(snapshot);
  new Float64Array(other.buffer)[1] = 4;
  expect(() => Engine.restore(other)).toThrow(/format 2 or 3/);
});
