import { afterAll, beforeAll, expect, test } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { ReadModelTaken, ReadModelWriter } from '../../src/persistence/read-model/readModelWriter.ts';
import { CANCEL_REASONS } from '../../src/protocol/answers.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { actualTables, expectedTables } from './expected.ts';
import { kindsScript } from './kindsScript.ts';
import { random, tradingScript } from './script.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => postgres.stop());

/** Feeds a journal to a writer and flushes where `flushAfter` says so, and at the end. */
async function write(
  writer: ReadModelWriter,
  engine: Engine,
  journal: R.RecordBuffer,
  flushAfter: () => boolean,
  until = Number.POSITIVE_INFINITY,
): Promise<void> {
  const events = new R.RecordBuffer();
  const flushes: Promise<void>[] = [];
  for (let at = 0; at < journal.words && engine.seq < until; at += journal.i32[at] as number) {
    if ((journal.f64[(at + R.SEQ) >> 1] as number) <= engine.seq) continue;
    events.clear();
    engine.apply(journal.i32, journal.f64, at, events);
    let doneAt = 0;
    R.eachRecord(events.i32, 0, events.words, (event) => {
      doneAt = event;
    });
    writer.add(journal, at, events, 0, doneAt);
    if (flushAfter()) flushes.push(writer.flush(engine.seq, engine.digest));
  }
  await Promise.all(flushes);
  await writer.flush(engine.seq, engine.digest);
}

test.each([1, 2, 3])('rows are those of a naive reading of the events, seed %i', async (seed) => {
  const journal = tradingScript(seed, 1_500);
  const { url, sql } = await postgres.migrated();
  const engine = new Engine();
  const writer = await ReadModelWriter.open(url, 0, engine.image());
  const next = random(seed);
  await write(writer, engine, journal, () => next() < 0.01);
  await writer.close();
  const expected = expectedTables(journal);
  for (const [table, rows] of Object.entries(expected)) expect(rows.length, table).toBeGreaterThan(0);
  expect(await actualTables(sql)).toEqual(expected);
});

test.each([7, 8, 9])('and so they are of every kind of order and market, seed %i', async (seed) => {
  const journal = kindsScript(seed, 1_500);
  const { url, sql } = await postgres.migrated();
  const engine = new Engine();
  const writer = await ReadModelWriter.open(url, 0, engine.image());
  const next = random(seed);
  await write(writer, engine, journal, () => next() < 0.01);
  await writer.close();
  const expected = expectedTables(journal);
  expect(await actualTables(sql)).toEqual(expected);
  // What is new in it has happened.
  const { fills, orders, trades } = expected as Record<string, Record<string, unknown>[]>;
  const tradeIds = new Set(trades?.map((row) => row.trade_id));
  expect(
    fills?.some((row) => !tradeIds.has(row.trade_id)),
    'sets',
  ).toBe(true);
  expect(
    fills?.some((row) => row.venue === 1 && row.maker === true),
    'orders that a maker came for',
  ).toBe(true);
  expect(new Set(orders?.map((row) => row.stp)).size).toBe(4);
  const reasons = new Set(orders?.map((row) => CANCEL_REASONS[row.reason as 0]));
  for (const reason of ['EXPIRED', 'SELF_TRADE', 'KILL_SWITCH'] as const) expect(reasons).toContain(reason);
});

test('whatever is written together, the rows are the same', async () => {
  const journal = tradingScript(4, 400);
  const tables = await Promise.all(
    [() => true, () => false].map(async (flushAfter) => {
      const { url, sql } = await postgres.migrated();
      const engine = new Engine();
      const writer = await ReadModelWriter.open(url, 0, engine.image());
      await write(writer, engine, journal, flushAfter);
      await writer.close();
      return actualTables(sql);
    }),
  );
  expect(tables[0]).toEqual(tables[1]);
});

test('a writer that starts behind its head writes what is missing and nothing twice', async () => {
  const journal = tradingScript(5, 600);
  const { url, sql } = await postgres.migrated();
  const first = await ReadModelWriter.open(url, 0, new Engine().image());
  await write(first, new Engine(), journal, () => false, 400);
  await first.close();

  const engine = new Engine();
  await write(await ReadModelWriter.open(url, 0, engine.image()), engine, journal, () => false, 300);
  const restored = Engine.restore(engine.snapshot());
  const second = await ReadModelWriter.open(url, 0, restored.image());
  expect(second.head.seq).toBe(400);
  await write(second, restored, journal, () => false);
  await second.close();
  expect(await actualTables(sql)).toEqual(expectedTables(journal));
});

test('of two writers one writes and the other stops', async () => {
  const journal = tradingScript(6, 200);
  const { url, sql } = await postgres.migrated();
  const writers = [
    await ReadModelWriter.open(url, 0, new Engine().image()),
    await ReadModelWriter.open(url, 0, new Engine().image()),
  ] as const;
  await write(writers[0], new Engine(), journal, () => false, 100);
  await expect(write(writers[1], new Engine(), journal, () => false, 150)).rejects.toThrow(ReadModelTaken);
  await write(writers[0], new Engine(), journal, () => false);
  await Promise.all(writers.map((writer) => writer.close()));
  expect(await actualTables(sql)).toEqual(expectedTables(journal));
});
