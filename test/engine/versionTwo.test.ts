import { expect, it } from 'vitest';
import { Engine, SNAPSHOT_FORMAT_BEFORE } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { expectedOfTwo as expected, journalOfTwo, snapshotOfTwo } from '../support/versionTwo.ts';

/** This version goes on from what version 2 wrote, its snapshot or its journal, to the same events. */
const snapshot = snapshotOfTwo();
const journal = journalOfTwo();

function replay(engine: Engine, from: number, to: number): void {
  const events = new R.RecordBuffer();
  R.eachRecord(journal.i32, from, to, (at) => {
    events.clear();
    engine.apply(journal.i32, journal.f64, at, events);
  });
  engine.checkInvariants();
}

const seen = (engine: Engine) => ({
  seq: engine.seq,
  stateHash: engine.stateHash(SNAPSHOT_FORMAT_BEFORE),
  digest: engine.digest,
});

it('restores its snapshot', () => {
  const engine = Engine.restore(snapshot);
  engine.checkInvariants();
  expect(seen(engine)).toEqual(expected.snapshot);
  expect(engine.image()).toMatchObject({ connections: { defaults: [], armed: 0 }, quoteGroups: [] });
  expect(Engine.restore(engine.snapshot()).stateHash()).toBe(engine.stateHash());
  replay(engine, expected.snapshotAtWord, journal.words);
  expect(seen(engine)).toEqual(expected.end);
});

it('replays its journal', () => {
  const engine = new Engine();
  replay(engine, 0, expected.snapshotAtWord);
  expect(seen(engine)).toEqual(expected.snapshot);
  replay(engine, expected.snapshotAtWord, journal.words);
  expect(seen(engine)).toEqual(expected.end);
});

it('is older than nothing that is unknown', () => {
  const other = new Uint8Array(snapshot);
  new Float64Array(other.buffer)[1] = 4;
  expect(() => Engine.restore(other)).toThrow(/format 2 or 3/);
});
