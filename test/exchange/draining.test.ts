import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import { readJournal } from '../../src/persistence/journal/readJournal.ts';
import { connect as connectTo } from '../../src/persistence/postgres/connect.ts';
import { streams } from '../../src/protocol/streams.ts';
import { type Connection, connect } from '../../src/sdk/connection.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { request } from './support/api.ts';
import { Client, register } from './support/client.ts';
import { exactly } from './support/exactly.ts';
import { openMarket } from './support/markets.ts';
import { Random } from './support/random.ts';
import { RememberingTrader } from './support/rememberingTrader.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const TRADERS = 4;
const LISTENERS = 30;
const MARKET = 'drained';

/** SIGTERM to the whole exchange while it is busy. `SEED=… npx vitest run test/exchange/draining` repeats a run’s orders. */
describe(`an exchange that is told to stop (SEED=${SEED})`, () => {
  const random = new Random(SEED);
  let exchange: Exchange;

  beforeAll(async () => {
    exchange = await startExchange();
    const operator = await Client.operator(exchange);
    await openMarket(operator, MARKET);
    await operator.close();
  });
  afterAll(() => exchange?.stop());

  async function restart(): Promise<void> {
    expect(await exchange.ended).toBe(0);
    expect(exchange.stderr).toEqual([]);
    exchange = await startExchange({ dataDir: exchange.dataDir });
  }

  /** Everyone’s PLACE commands in the journal, by account and clientOrderId. */
  async function journaledOrders(): Promise<Set<string>> {
    const sql = connectTo(exchange.databaseUrl(), { applicationName: 'test', max: 1 });
    const orders = new Set<string>();
    for await (const { payload } of readJournal(sql, 0, 0)) {
      const { i32, bytes } = new R.RecordBuffer(payload.length >> 2);
      bytes.set(payload);
      R.eachRecord(i32, 0, payload.length >> 2, (at) => {
        if (i32[at + R.KIND] !== C.COMMAND.PLACE) return;
        const id = C.readClientId(i32, at + C.PLACE_CLIENT_ID, i32[at + C.PLACE_CLIENT_ID_LENGTH] as number);
        orders.add(`${i32[at + R.ACCOUNT]} ${id}`);
      });
    }
    await sql.end({ timeout: 0 });
    return orders;
  }

  test('under load answers every order that it takes, and closes every connection with a code', async () => {
    const logins = await Promise.all(Array.from({ length: TRADERS }, (_, i) => register(exchange.url, `trader-${i}`)));
    const traders = logins.map((one) => new RememberingTrader(one, MARKET, new Random(random.integer(0, 2 ** 31))));
    await Promise.all(traders.map((trader) => trader.connect(exchange.url)));
    const listeners = await Promise.all(Array.from({ length: LISTENERS }, () => listen(exchange.url)));
    const browser = await listenAsBrowser(exchange.url);
    const enough = random.integer(300, 900);
    let count = 0;
    const trading = traders.map((trader) =>
      trader.trade(() => {
        if (++count === enough) exchange.signal('SIGTERM');
      }),
    );
    await Promise.all(trading);
    for (const { connection } of [...traders, ...listeners]) {
      expect(await connection.ended).toMatchObject({ code: 4000 });
    }
    for (const { told } of [...listeners, browser]) expect(told).toHaveLength(1);
    expect(await browser.closing).toMatchObject({ code: 4000 });
    await restart();

    const journaled = await journaledOrders();
    for (const { login, orders } of traders) {
      const account = Number(JSON.parse(atob(login.accessToken.split('.')[1] as string)).sub);
      for (const { request: sent, acknowledged, unanswered } of orders) {
        const label = JSON.stringify({ account, sent, acknowledged, unanswered });
        const taken = journaled.has(`${account} ${sent.clientOrderId}`);
        // Refused by the engine, an order is in the journal, too.
        if (acknowledged !== undefined) expect(taken, label).toBe(true);
        // The connection ended before the answer: it had not been taken.
        else if (unanswered !== undefined) expect(taken, label).toBe(false);
      }
    }
    await Promise.all(traders.map((trader) => trader.connect(exchange.url)));
    // Holds what the exchange says of each order now against what it said before.
    await Promise.all(traders.map((trader) => trader.repeatAll()));
    for (const { connection } of traders) await connection.close();
  });

  test('while no commit goes through takes cancels, refuses orders, and answers when it can', async () => {
    const client = await Client.register(exchange, 'patient');
    const order = { market: MARKET, side: 'buy', price: '0.01', size: '1' } as const;
    await client.place({ ...order, clientOrderId: 'resting' });
    const told = nextDraining(client.connection);
    const sql = connectTo(exchange.databaseUrl(), { applicationName: 'test', max: 2 });
    const holder = await sql.reserve();
    await holder`begin`;
    await holder`select from brier.journal_head for update`;
    const placed = client.place({ ...order, clientOrderId: 'waiting' });
    await client.ask('ping', {});
    exchange.signal('SIGTERM');
    exactly(streams.server, await told);
    const canceled = client.ask('cancel', { market: MARKET, clientOrderId: 'resting' });
    expect(await client.refused('place', order)).toMatchObject({ code: 'UNAVAILABLE' });
    expect((await fetch(`${exchange.url}/readyz`)).status).toBe(503);
    const reply = await request(exchange.url, 'POST', '/orders', { token: client.token, body: order });
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '1']);
    const late = await connect({ url: exchange.url });
    expect(await late.ended).toMatchObject({ code: 4000 });
    await holder`rollback`;
    holder.release();
    expect(await placed).toMatchObject({ clientOrderId: 'waiting', status: 'open' });
    expect((await canceled).order).toMatchObject({ clientOrderId: 'resting', status: 'canceled' });
    expect(await client.connection.ended).toMatchObject({ code: 4000 });
    await sql.end({ timeout: 0 }).catch(() => {});
    await restart();
    const again = await Client.open(exchange.url, client.login);
    expect((await again.ask('account', {})).orders).toMatchObject([{ clientOrderId: 'waiting' }]);
    await again.close();
  });
});

type Listener = { connection: Connection; told: unknown[] };

async function listen(url: string): Promise<Listener> {
  const connection = await connect({ url });
  const told: unknown[] = [];
  connection.onMessage((message) => {
    if (message.ch === 'server') told.push(exactly(streams.server, message));
  });
  await connection.request('subscribe', { channels: [{ ch: 'book', market: MARKET }] });
  return { connection, told };
}

async function listenAsBrowser(url: string): Promise<{ told: unknown[]; closing: Promise<unknown> }> {
  const socket: Socket = io(url, { reconnection: false });
  const told: unknown[] = [];
  socket.on('server', (message) => told.push(exactly(streams.server, message)));
  const closing = new Promise((resolve) => socket.once('closing', resolve));
  await socket.emitWithAck('request', { op: 'subscribe', channels: [{ ch: 'book', market: MARKET }] });
  return { told, closing };
}

const nextDraining = (connection: Connection): Promise<unknown> =>
  new Promise((resolve) => {
    connection.onMessage((message) => {
      if (message.ch === 'server') resolve(message);
    });
  });
