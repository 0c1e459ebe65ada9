import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect as connectTo } from '../../src/persistence/postgres/connect.ts';
import { isAlive } from '../../src/persistence/postgres/processes.ts';
import * as views from '../../src/protocol/http.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { accountsOf, bookOf, expectAccountOfFills, fillsOf } from './support/accounts.ts';
import { Api } from './support/api.ts';
import { Client, login, register } from './support/client.ts';
import { openMarket } from './support/markets.ts';
import { Random } from './support/random.ts';
import { RememberingTrader } from './support/rememberingTrader.ts';

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const TRADERS = 4;
const GRANT = 1000;
const MARKET = 'crash';

/**
 * kill -9 in the middle of trading, at moments that the seed decides: what was acknowledged is there, nothing twice, and no
 * money has come or gone. `SEED=… npx vitest run test/exchange/crash` repeats a run’s orders and moments.
 */
describe(`after kill -9 (SEED=${SEED})`, () => {
  const random = new Random(SEED);
  let exchange: Exchange;
  let operator: { username: string; password: string };
  let traders: RememberingTrader[];

  beforeAll(async () => {
    exchange = await startExchange();
    operator = exchange.operator();
    const client = await Client.operator(exchange);
    await openMarket(client, MARKET);
    await client.close();
    const logins = await Promise.all(Array.from({ length: TRADERS }, (_, i) => register(exchange.url, `trader-${i}`)));
    traders = logins.map((one) => new RememberingTrader(one, MARKET, new Random(random.integer(0, 2 ** 31))));
    await connect();
  });
  afterAll(() => exchange?.stop());

  const connect = () => Promise.all(traders.map((trader) => trader.connect(exchange.url)));

  /**
   * Trades and crashes in the middle of it: at the very moment of an acknowledgement, when one that came before its commit would
   * be lost, or some turns of the loop later.
   */
  async function tradeUntil(crash: () => Promise<void> | void, more = 0): Promise<void> {
    const acknowledgements = random.integer(100, 600);
    const turns = random.chance(0.6) ? 0 : random.integer(1, 100);
    let count = 0;
    let reached: () => void = () => {};
    const enough = new Promise<void>((resolve) => {
      reached = resolve;
    });
    let goneOn: () => void = () => {};
    const recovered = new Promise<void>((resolve) => {
      goneOn = resolve;
    });
    let crashedAt = Number.POSITIVE_INFINITY;
    const trading = traders.map((trader) =>
      trader.trade(() => {
        if (++count === acknowledgements) reached();
        if (count >= crashedAt + more) goneOn();
      }),
    );
    await enough;
    for (let i = 0; i < turns; i++) await turn();
    await crash();
    crashedAt = count;
    if (more > 0) {
      // An exchange that gave up instead would end the trading.
      await Promise.race([recovered, Promise.all(trading)]);
      expect(exchange.stderr.filter((line) => !line.startsWith('{'))).toEqual([]);
      for (const trader of traders) trader.stop();
    }
    await Promise.all(trading);
  }

  /** Everything that can be checked from outside. */
  async function expectNothingLost(): Promise<void> {
    const { url } = exchange;
    const standing = await Promise.all(traders.map((trader) => trader.repeatAll()));
    const ids = standing.flat().map(({ orderId }) => orderId);
    expect(new Set(ids).size).toBe(ids.length);
    // Repeating has placed what was lost, which may trade: look again.
    const orders = (await Promise.all(traders.map((trader) => trader.repeatAll()))).map((all) =>
      all.filter(({ status }) => status === 'open'),
    );
    const logins = traders.map((trader) => trader.login);
    const accounts = await accountsOf(url, logins);
    accounts.forEach((account, i) => {
      const key = ({ orderId, price, remaining }: { orderId: string; price?: string | undefined; remaining: string }) =>
        `${orderId} ${price} ${remaining}`;
      expect(account.orders.map(key).sort()).toEqual(orders[i]?.map(key).sort());
    });
    const { bids, asks } = await new Api(url).get(views.bookView, `/markets/${MARKET}/book`);
    expect({ bids, asks }).toEqual(bookOf(accounts));
    const fills = await Promise.all(logins.map((one) => fillsOf(url, one)));
    const nets = accounts.map((account, i) => expectAccountOfFills(account, fills[i] ?? [], GRANT));
    expect(nets.reduce((sum, net) => sum + net, 0)).toBe(0);

    const { accessToken } = await login(url, operator.username, operator.password);
    const audit = await new Api(url, accessToken).get(views.auditView, '/audit');
    const sum = (of: (account: (typeof accounts)[number]) => string) =>
      accounts.reduce((total, account) => total + Math.round(Number(of(account)) * 1e6), 0);
    expect(audit).toMatchObject({ conserved: true, house: '0.000000' });
    expect(Math.round(Number(audit.held) * 1e6)).toBe(sum(({ held }) => held));
    // The operator has its grant too.
    expect(Math.round(Number(audit.cash) * 1e6)).toBe(sum(({ available }) => available) + GRANT * 1e6);
  }

  async function restart(): Promise<void> {
    exchange = await startExchange({ dataDir: exchange.dataDir });
    await connect();
  }

  test.each([1, 2, 3])('of everything at once, time %i', async () => {
    await tradeUntil(exchange.aim());
    await restart();
    await expectNothingLost();
  });

  test('of everything while no commit can go through: nothing was acknowledged that the journal does not have', async () => {
    const sql = connectTo(exchange.databaseUrl(), { applicationName: 'test', max: 2 });
    const holder = await sql.reserve();
    const kill = exchange.aim();
    await tradeUntil(async () => {
      await holder`begin`;
      await holder`select from brier.journal_head for update`;
      for (let waiting = 0; waiting === 0; ) {
        const [row] = await sql<{ waiting: number }[]>`
          select count(*)::int as waiting from pg_stat_activity
          where wait_event_type = 'Lock' and application_name like 'brier-journal%'`;
        waiting = row?.waiting ?? 0;
      }
      // Time for answers of commits before; and for those that should not come.
      for (let i = 0; i < 50; i++) await Promise.all(traders.map(({ connection }) => connection.request('ping', {})));
      await kill();
    });
    await sql.end({ timeout: 0 });
    await restart();
    await expectNothingLost();
  });

  test('of the exchange alone: the PostgreSQL that it leaves is stopped, and nothing of it is lost', async () => {
    const [postmaster = 0] = exchange.postgres();
    await tradeUntil(() => exchange.signal('SIGKILL'));
    await exchange.ended;
    expect(isAlive(postmaster)).toBe(true);
    await restart();
    expect(isAlive(postmaster)).toBe(false);
    expect(exchange.stdout.join()).toContain('left running');
    await expectNothingLost();
  });

  test('of PostgreSQL alone: the exchange starts it again and goes on, on the same connections', async () => {
    const servers = exchange.postgres();
    await tradeUntil(() => {
      for (const pid of servers) process.kill(pid, 'SIGKILL');
    }, 200);
    expect(exchange.stdout.join()).toContain('PostgreSQL is ready again');
    await expectNothingLost();
  });

  test('and all of it is there after an orderly stop, too', async () => {
    await exchange.stop();
    expect(await exchange.ended).toBe(0);
    await restart();
    await expectNothingLost();
  });
});
