import { afterAll, beforeAll, expect, test } from 'vitest';
import * as R from '../../src/engines/records/buffer.ts';
import { COMMAND } from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { ReadModelWriter } from '../../src/persistence/read-model/readModelWriter.ts';
import { sqlReads } from '../../src/persistence/read-model/sqlReads.ts';
import {
  begin,
  imageOf,
  marketImage,
  orderValues,
  writeDone,
  writeOrder,
  writeTrade,
} from '../gateway/support/records.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

/** Rows of events that are written here as the engine writes them: what each kind of trade and batch leaves behind. */
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(async () => postgres?.stop());

const TAKER = 1;
const MAKER = 2;
const image = imageOf(marketImage({ market: 0, slug: 'race', outcomes: ['Ann', 'Ben', 'Cleo'] }));

/** One command with events of its own, as the newest of the read model. */
async function written(command: number, write: (events: R.RecordBuffer) => void) {
  const { url, sql } = await postgres.migrated();
  const writer = await ReadModelWriter.open(url, 0, image);
  const commands = new R.RecordBuffer();
  const at = commands.begin(command, R.BODY);
  const events = new R.RecordBuffer();
  write(events);
  writer.add(commands, at, events, 0, writeDone(events, command, 1, TAKER));
  await writer.flush(1, 1);
  await writer.close();
  return sqlReads(sql);
}
const order = (orderId: number, more: object = {}) => orderValues({ orderId, ...more });
const trade = { tradeId: 1, outcome: 0, side: 0, lots: 100, price: 5_000, micros: 500_000, fee: 7, venue: 0 };
const query = { market: 0, limit: 10 };

test('of complete sets the legs are public and their makers’ fills; the taker’s is the set', async () => {
  const reads = await written(COMMAND.PLACE, (events) => {
    const leg = { ...trade, side: 1, takerOrder: 10, makerOrder: 20, taker: TAKER, makerAccount: MAKER };
    writeTrade(events, { ...leg, outcome: 1, price: 3_000, micros: 300_000, flags: E.LEG }, 1);
    writeTrade(
      events,
      { ...leg, tradeId: 2, outcome: 2, price: 2_500, micros: 250_000, flags: E.LEG, makerOrder: 21 },
      1,
    );
    const set = { ...trade, tradeId: 3, price: 4_500, micros: 450_000, takerOrder: 10, makerOrder: 0, taker: TAKER };
    writeTrade(events, { ...set, makerAccount: E.SETS, flags: E.SET_FILL }, 1);
    for (const id of [10, 20, 21]) writeOrder(events, order(id), id === 10 ? TAKER : MAKER);
  });
  expect((await reads.trades(query)).map((row) => [row.tradeId, row.outcome, row.price])).toEqual([
    [2, 2, 2_500],
    [1, 1, 3_000],
  ]);
  expect(await reads.fills({ account: TAKER, limit: 10 })).toMatchObject([
    { tradeId: 3, orderId: 10, outcome: 0, side: 0, price: 4_500, fee: 7, maker: false },
  ]);
  expect(await reads.fills({ account: MAKER, limit: 10 })).toMatchObject([
    { tradeId: 2, orderId: 21, side: 0, maker: true },
    { tradeId: 1, orderId: 20, side: 0, maker: true },
  ]);
  const candles = { ...query, intervalMs: 60_000 as const, from: 0, to: 1e15 };
  expect(await reads.candles({ ...candles, outcome: 0 })).toEqual([]);
  expect(await reads.candles({ ...candles, outcome: 2 })).toMatchObject([{ open: 250_000, trades: 1 }]);
});

test('a market’s own maker has no fills, whichever side of the trade it is', async () => {
  const reads = await written(COMMAND.PLACE, (events) => {
    const amm = { ...trade, venue: 1, price: 0, takerOrder: 10, makerOrder: 0, taker: TAKER, makerAccount: E.AMM };
    writeTrade(events, amm, 1);
    const passed = { ...trade, tradeId: 2, takerOrder: 0, makerOrder: 20, taker: E.AMM, makerAccount: MAKER };
    writeTrade(events, { ...passed, flags: E.MAKER_MIRRORED }, 1);
    writeOrder(events, order(10), TAKER);
    writeOrder(events, order(20, { mirrored: true }), MAKER);
  });
  expect(await reads.trades(query)).toHaveLength(2);
  expect(await reads.fills({ account: TAKER, limit: 10 })).toMatchObject([{ tradeId: 1, venue: 1, maker: false }]);
  expect(await reads.fills({ account: MAKER, limit: 10 })).toMatchObject([
    { tradeId: 2, side: 1, maker: true, mirrored: true },
  ]);
  expect(await reads.fills({ account: E.AMM, limit: 10 })).toEqual([]);
});

test('in a call auction both orders were makers', async () => {
  const reads = await written(COMMAND.RESUME, (events) => {
    const both = { ...trade, takerOrder: 10, makerOrder: 20, taker: TAKER, makerAccount: MAKER, flags: E.AUCTION };
    writeTrade(events, both, 1);
    writeOrder(events, order(10), TAKER);
    writeOrder(events, order(20), MAKER);
  });
  for (const account of [TAKER, MAKER])
    expect(await reads.fills({ account, limit: 10 })).toMatchObject([{ maker: true, side: account - 1 }]);
});

test('the terms of an order are kept, and the orders of one batch page by their ids', async () => {
  const terms = { tif: 1, expiresAt: 1_800_000_000_000, reduceOnly: true, stp: 3, clientOrderId: 'a"1\\' };
  const reads = await written(COMMAND.BATCH, (events) => {
    const item = (index: number, flags = 0) => {
      const at = writeDone(events, COMMAND.PLACE, 1, TAKER);
      events.i32[at + E.DONE_FLAGS] = E.ITEM | flags;
      events.i32[at + E.DONE_COUNT] = index;
    };
    for (const [index, id] of [30, 10, 20].entries()) {
      writeOrder(events, order(id, id === 20 ? terms : {}), TAKER);
      item(index);
    }
    // Asked for again: reported as it is, and not a row of its own.
    writeOrder(events, order(40), TAKER);
    item(3, E.DUPLICATE);
  });
  const first = await reads.orders({ account: TAKER, limit: 2 });
  expect(first.map((row) => row.orderId)).toEqual([30, 20]);
  expect(first[1]).toMatchObject(terms);
  expect(first[0]).toMatchObject({ expiresAt: 0, reduceOnly: false, stp: 0, clientOrderId: null });
  const rest = await reads.orders({ account: TAKER, limit: 2, before: { createdSeq: 1, orderId: 20 } });
  expect(rest.map((row) => row.orderId)).toEqual([10]);
});

test('a batch that moves money in several markets names none in the ledger', async () => {
  const reads = await written(COMMAND.BATCH, (events) => {
    const balance = (account: number, market: number, after: number, delta: number) => {
      const at = begin(events, E.EVENT.BALANCE, E.BALANCE_WORDS, 1, account, market);
      events.f64[(at + E.BALANCE_BALANCE) >> 1] = after;
      events.f64[(at + E.BALANCE_DELTA) >> 1] = delta;
      events.i32[at + E.BALANCE_CAUSE] = delta === 0 ? E.CAUSE.HOLD : E.CAUSE.TRADE;
    };
    balance(1, 0, 90, -10);
    balance(1, 1, 70, -20);
    balance(2, 3, 110, 10);
    // Held in another market, which moves nothing.
    balance(2, 4, 110, 0);
  });
  expect(await reads.ledger({ account: 1, limit: 9 })).toMatchObject([{ delta: -30, balance: 70, market: null }]);
  expect(await reads.ledger({ account: 2, limit: 9 })).toMatchObject([{ delta: 10, balance: 110, market: 3 }]);
});
