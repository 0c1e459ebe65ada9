import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Follower } from '../../src/persistence/follower/follower.ts';
import { CANDLE_INTERVALS_MS, type OrderKey, PAGE_MAX, type Reads } from '../../src/persistence/read-model/reads.ts';
import { sqlReads, stepWidth } from '../../src/persistence/read-model/sqlReads.ts';
import { startTestPostgres, type TestDatabase, type TestPostgres } from '../support/postgres.ts';
import { expectedTables, type Tables } from './expected.ts';
import { Journaled } from './journaled.ts';
import { tradingScript } from './script.ts';

let postgres: TestPostgres;
let reads: Reads;
let tables: Tables;
type Numbers = Record<string, number>;
const rows = (table: string): Numbers[] => tables[table] as Numbers[];
const FOREVER = { from: 0, to: 1e15 };

beforeAll(async () => {
  postgres = await startTestPostgres();
  const database = await postgres.migrated();
  const script = tradingScript(41, 2_500);
  const journal = await Journaled.begin(database, script);
  await journal.append();
  await journal.close();
  await follow(database);
  reads = sqlReads(database.sql);
  tables = expectedTables(script);
});
afterAll(async () => postgres.stop());

async function follow({ url }: TestDatabase): Promise<void> {
  const follower = await Follower.start({ databaseUrl: url, shard: 0 });
  follower.stop();
  await follower.run();
}

/** All pages of a list, put together. */
async function pages<Row, Key>(
  read: (before: Key | undefined) => Promise<Row[]>,
  key: (row: Row) => Key,
): Promise<Row[]> {
  const all: Row[] = [];
  for (let before: Key | undefined; ; before = key(all.at(-1) as Row)) {
    const page = await read(before);
    all.push(...page);
    if (page.length === 0) return all;
  }
}
const byKey =
  (...keys: string[]) =>
  (a: Numbers, b: Numbers): number => {
    const key = keys.find((name) => a[name] !== b[name]);
    return key === undefined ? 0 : (b[key] as number) - (a[key] as number);
  };

describe('orders and fills', () => {
  test.each([undefined, true, false])('pages of an account’s orders, open: %s', async (open) => {
    for (const market of [undefined, 1]) {
      const read = await pages(
        (before?: OrderKey) =>
          reads.orders({
            account: 3,
            limit: 7,
            ...(market !== undefined && { market }),
            ...(open !== undefined && { open }),
            ...(before !== undefined && { before }),
          }),
        ({ createdSeq, orderId }) => ({ createdSeq, orderId }),
      );
      const expected = rows('orders')
        .filter((row) => row.account === 3 && (market === undefined || row.market === market))
        .filter((row) => open === undefined || (row.status === 0) === open)
        .sort(byKey('created_seq', 'order_id'));
      expect(read.map((row) => row.orderId)).toEqual(expected.map((row) => row.order_id));
    }
  });

  test('open orders by the ids that the engine names, of what was open when the rows were written', async () => {
    const database = await postgres.migrated();
    const journal = await Journaled.begin(database, tradingScript(42, 900));
    await journal.append(700);
    await journal.close();
    await follow(database);
    const scanned = sqlReads(database.sql);
    const lists = [1, 2, 3, 4, 5, 6].map((account) => scanned.orders({ account, open: true, limit: 1_000 }));
    const [open = []] = (await Promise.all(lists)).sort((a, b) => b.length - a.length);
    const account = open[2]?.account as number;
    const ids = open.map((row) => row.orderId);
    const named = sqlReads(database.sql, { openOrders: async () => [...ids, 1e12] });
    expect(await named.orders({ account, open: true, limit: 1_000 })).toEqual(open);
    expect(await named.orders({ account: account + 1, open: true, limit: 1_000 }), 'another’s').toEqual([]);
    const before = open[0] as OrderKey;
    expect(await named.orders({ account, open: true, before, limit: 2 })).toEqual(open.slice(1, 3));
    const ended = await named.orders({ account, open: false, limit: 1_000 });
    expect(ended.every((row) => row.status !== 0)).toBe(true);
  });

  test('an order by its id and by the client’s, of its account alone', async () => {
    const named = tables.orders?.find((row) => row.account === 2 && row.client_order_id !== null) as Numbers;
    const clientOrderId = named.client_order_id as unknown as string;
    const row = await reads.order({ account: 2, orderId: named.order_id as number });
    expect(row).toEqual({
      ...{ orderId: named.order_id, account: 2, market: named.market, outcome: named.outcome, side: named.side },
      ...{ type: named.type, tif: named.tif, postOnly: named.post_only, mirrored: named.mirrored, price: named.price },
      ...{ size: named.size, filled: named.filled, status: named.status, reason: named.reason, fees: named.fees },
      ...{ filledMicros: named.filled_micros, createdAt: named.created_at, createdSeq: named.created_seq },
      ...{ seq: named.seq, clientOrderId, expiresAt: 0, stp: 0, reduceOnly: false },
    });
    expect(await reads.order({ account: 2, clientOrderId })).toEqual(row);
    expect(await reads.order({ account: 1, orderId: named.order_id as number })).toBeNull();
    expect(await reads.order({ account: 2, clientOrderId: 'none' })).toBeNull();
  });

  test('pages of fills, and the fills of one order', async () => {
    const own = rows('fills').filter((row) => row.account === 3);
    const read = await pages(
      (before?: { seq: number; tradeId: number; orderId: number }) =>
        reads.fills({ account: 3, limit: 5, ...(before !== undefined && { before }) }),
      ({ seq, tradeId, orderId }) => ({ seq, tradeId, orderId }),
    );
    expect(read.map((row) => row.tradeId)).toEqual(own.sort(byKey('seq', 'trade_id')).map((row) => row.trade_id));
    const orderId = own[0]?.order_id as number;
    const order = own.filter((row) => row.order_id === orderId).map((row) => row.trade_id);
    const fills = await reads.orderFills({ account: 3, orderId, limit: 1_000 });
    expect(fills.map((row) => row.tradeId)).toEqual(order.reverse());
    expect(await reads.fills({ account: 3, orderId, limit: 1_000 })).toEqual(fills.reverse());
    expect(await reads.orderFills({ account: 4, orderId, limit: 1_000 })).toEqual([]);
  });

  test('nobody gets more than a page holds', async () => {
    expect(rows('ledger').filter((row) => row.account === 0 || row.account === 3).length).toBeGreaterThan(0);
    expect(await reads.orders({ account: 3, limit: 1e9 })).toHaveLength(
      Math.min(PAGE_MAX, rows('orders').filter((row) => row.account === 3).length),
    );
  });
});

test('the ledger of an account, newest first, and its sum', async () => {
  const read = await pages(
    (before?: number) => reads.ledger({ account: 2, limit: 11, ...(before !== undefined && { before }) }),
    (row) => row.seq,
  );
  const own = rows('ledger').filter((row) => row.account === 2);
  expect(read.map((row) => row.seq)).toEqual(own.sort(byKey('seq')).map((row) => row.seq));
  expect(read.reduce((sum, row) => sum + row.delta, 0)).toBe(read[0]?.balance);
  expect(read.find((row) => row.reference !== null)?.reference).toMatch(/^ref-/);
});

test('trades of a market and of one of its outcomes', async () => {
  for (const outcome of [undefined, 2]) {
    const read = await pages(
      (before?: { seq: number; tradeId: number }) =>
        reads.trades({
          market: 1,
          limit: 13,
          ...(outcome !== undefined && { outcome }),
          ...(before !== undefined && { before }),
        }),
      ({ seq, tradeId }) => ({ seq, tradeId }),
    );
    const own = rows('trades').filter((row) => row.market === 1 && (outcome === undefined || row.outcome === outcome));
    expect(read.map((row) => row.tradeId)).toEqual(own.sort(byKey('seq', 'trade_id')).map((row) => row.trade_id));
  }
});

test.each(CANDLE_INTERVALS_MS)('candles of %i ms are those of the trades', async (intervalMs) => {
  const trades = rows('trades')
    .filter((row) => row.market === 0)
    .sort((a, b) => (a.trade_id as number) - (b.trade_id as number));
  const expected = new Map<number, Numbers>();
  for (const trade of trades as { time: number; price: number; lots: number; micros: number }[]) {
    const start = Math.floor(trade.time / intervalMs) * intervalMs;
    const price = trade.price * 100;
    const candle = expected.get(start) ?? { start, outcome: 0, open: price, high: price, low: price };
    expected.set(start, {
      ...candle,
      high: Math.max(candle.high as number, price),
      low: Math.min(candle.low as number, price),
      close: price,
      lots: (candle.lots ?? 0) + trade.lots,
      micros: (candle.micros ?? 0) + trade.micros,
      trades: (candle.trades ?? 0) + 1,
    });
  }
  const all = [...expected.values()];
  const query = { market: 0, outcome: 0, intervalMs };
  expect(await reads.candles({ ...query, ...FOREVER, limit: 1_000 })).toEqual(all.slice(0, 1_000));
  const from = (all[1]?.start as number | undefined) ?? 0;
  const to = (all.at(-1)?.start as number) + 1;
  expect(await reads.candles({ ...query, from, to, limit: 1_000 }), 'both ends whole').toEqual(
    all.filter((candle) => (candle.start as number) >= from).slice(0, 1_000),
  );
  expect(await reads.candles({ ...query, ...FOREVER, limit: 2 })).toEqual(all.slice(0, 2));
});

describe('prices', () => {
  const points = (outcome: number): Numbers[] =>
    rows('price_points')
      .filter((row) => row.market === 0 && row.outcome === outcome && row.resolution === 1_000)
      .sort((a, b) => (a.time as number) - (b.time as number));

  test('thinned to what was asked for, each the last of its step', async () => {
    expect(points(0).length).toBeGreaterThan(40);
    for (const limit of [2, 10, 50, 1_000]) {
      const read = await reads.prices({ market: 0, outcome: 0, ...FOREVER, limit });
      expect(read.length).toBeLessThanOrEqual(limit);
      expect(read.length).toBeGreaterThan(0);
      expect(read.at(-1)).toMatchObject({ millionths: points(0).at(-1)?.millionths, source: points(0).at(-1)?.source });
      const known = new Set(points(0).map((point) => `${point.seq} ${point.millionths}`));
      for (const row of read) expect(known.has(`${row.seq} ${row.millionths}`)).toBe(true);
    }
    const both = await reads.prices({ market: 0, ...FOREVER, limit: 100 });
    expect(both.length).toBeLessThanOrEqual(100);
    expect(new Set(both.map((row) => row.outcome))).toEqual(new Set([0, 1]));
    expect(await reads.prices({ market: 99, ...FOREVER, limit: 100 })).toEqual([]);
  });

  test('the price in force at a time', async () => {
    const [first, second] = points(1) as [Numbers, Numbers];
    const at = (time: number) => reads.priceAt({ market: 0, outcome: 1, time });
    expect(await at((first.time as number) - 1)).toBeNull();
    expect(await at(first.time as number)).toMatchObject({ seq: first.seq, millionths: first.millionths });
    expect(await at((second.time as number) - 1)).toMatchObject({ seq: first.seq });
    expect(await at(1e15)).toMatchObject({ seq: points(1).at(-1)?.seq });
  });

  test('a step is a multiple of a kept width, and a range touches no more steps than asked for', () => {
    for (const rangeMs of [0, 1, 999, 1_000, 59_000, 3_600_000, 86_400_000, 400 * 86_400_000]) {
      for (const steps of [1, 2, 3, 10, 1_000]) {
        const width = stepWidth(rangeMs, steps);
        expect(width % 1_000).toBe(0);
        if (steps > 1) expect(Math.ceil(rangeMs / width) + 1).toBeLessThanOrEqual(Math.max(steps, 2));
      }
    }
  });
});

test('markets by number and slug, those resolved in order, positions', async () => {
  const row = await reads.market({ slug: 'maker-two' });
  expect(row).toMatchObject({ market: 2, type: 1, outcomes: 2, status: 5, payouts: [10_000, 0] });
  expect(row?.closingSources).toEqual([3, 3]);
  expect(await reads.market({ market: 2 })).toEqual(row);
  expect(await reads.market({ slug: 'none' })).toBeNull();
  expect(await reads.market({ slug: 'called-off' })).toMatchObject({ status: 6, payouts: null, resolvedAt: null });

  const first = await reads.resolvedMarkets({ ...FOREVER, limit: 2 });
  const after = first[1] as { resolvedAt: number; market: number };
  const rest = await reads.resolvedMarkets({ ...FOREVER, after, limit: 100 });
  expect([...first, ...rest].map((market) => market.market)).toEqual([0, 1, 2, 3]);
  expect(await reads.resolvedMarkets({ from: 0, to: first[0]?.resolvedAt as number, limit: 9 })).toEqual([]);
  expect(await reads.positions({ account: 3 }), 'all settled').toEqual([]);
});
