import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import * as views from '../../src/protocol/http.ts';
import { type Exchange, startExchange, temporaryDirectory } from '../support/exchangeProcess.ts';
import { fillsOf } from './support/accounts.ts';
import { Client, login, PASSWORD, register } from './support/client.ts';
import { openMarket } from './support/markets.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MARKETS = Array.from({ length: 20 }, (_, i) => `hybrid-${i}`);

/** A port that nobody listens on. One that is named can be had again right after a crash, one that was found cannot. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

/** The example as it is run. */
class MakerProcess {
  readonly lines: string[] = [];
  readonly stderr: string[] = [];
  readonly ended: Promise<number | NodeJS.Signals>;
  private readonly child: ChildProcess;
  private wake: () => void = () => {};

  constructor(url: string, username: string, state: string, password = PASSWORD, more: string[] = []) {
    const args = ['--import', 'tsx', 'examples/market-maker.ts', '--url', url, '--username', username];
    this.child = spawn(
      process.execPath,
      [...args, '--password', password, '--state', state, '--every', '20', ...more],
      {
        cwd: ROOT,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    for (const [stream, lines] of [
      [this.child.stdout, this.lines],
      [this.child.stderr, this.stderr],
    ] as const) {
      if (stream === null) throw new Error('no pipe');
      createInterface(stream).on('line', (line) => {
        lines.push(line);
        this.wake();
      });
    }
    this.ended = once(this.child, 'close').then(([code, signal]) => code ?? signal);
    void this.ended.then(() => this.wake());
  }

  async line(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      const ended = await Promise.race([
        this.ended.then(() => true),
        new Promise<boolean>((resolve) => {
          this.wake = () => resolve(false);
        }),
      ]);
      if (ended) throw new Error(`the maker ended: ${[...this.lines, ...this.stderr].join('\n')}`);
    }
  }

  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    this.child.kill(signal);
    return this.ended;
  }
}

describe('the market maker of the examples', () => {
  let exchange: Exchange;
  let maker: MakerProcess;
  let taker: Client;

  beforeAll(async () => {
    exchange = await startExchange({ env: { PORT: await freePort() } });
    const operator = await Client.operator(exchange);
    for (const id of MARKETS) {
      await openMarket(operator, id, { type: 'hybrid', liquidity: '100', tickSize: '0.001' });
      await operator.api.call(views.lifecycleView, 200, 'POST', `/markets/${id}/configure`, { book: true });
    }
    await openMarket(operator, 'alone', { type: 'hybrid', liquidity: '100' });
    await operator.close();
    taker = await Client.open(exchange.url, await register(exchange.url, 'taker'));
  });
  afterEach(() => maker?.kill('SIGKILL'));
  afterAll(() => exchange?.stop());

  /** Waits until both sides of a market are quoted. */
  async function quoted(market: string): Promise<void> {
    const watcher = await Client.open(exchange.url, taker.login);
    await watcher.subscribe([{ ch: 'book', market, depth: 1 }]);
    const sides = { bids: 0, asks: 0 };
    await watcher.stream('book', market).until((message) => {
      for (const side of ['bids', 'asks'] as const) {
        for (const [, size] of message[side] as [string, string][]) sides[side] = size === '0' ? 0 : 1;
      }
      return sides.bids > 0 && sides.asks > 0;
    });
    watcher.connection.terminate();
  }

  /** Shares that the maker’s quotes filled of an order that goes well past them. */
  async function take(market: string, side: 'buy' | 'sell'): Promise<number> {
    const { fills = [] } = await taker.place({ market, side, size: '30', type: 'market' });
    return fills.filter(({ venue }) => venue === 'book').reduce((sum, { size }) => sum + Number(size), 0);
  }

  async function tradeAll(): Promise<number> {
    let shares = 0;
    for (const [i, market] of MARKETS.entries()) {
      await quoted(market);
      shares += await take(market, i % 2 === 0 ? 'buy' : 'sell');
    }
    return shares;
  }

  test('a wrong password, a market without a book, and an exchange that is not there end it with one line', async () => {
    const state = join(temporaryDirectory(), 'state.json');
    maker = new MakerProcess(exchange.url, 'taker', state, 'not the password');
    expect(await maker.ended).toBe(1);
    expect(maker.stderr).toEqual([`${exchange.url}: Unknown username or wrong password`]);
    maker = new MakerProcess(exchange.url, 'taker', state, PASSWORD, ['--markets', 'alone']);
    expect(await maker.ended).toBe(1);
    expect(maker.stderr).toEqual([`${exchange.url}: market alone has no book to quote on`]);
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    maker = new MakerProcess(nowhere, 'taker', state);
    expect(await maker.ended).toBe(1);
    expect(maker.stderr).toEqual([expect.stringMatching(`^${nowhere}: .*ECONNREFUSED`)]);
  });

  const numberOf = (text: string, what: string): number =>
    Number(new RegExp(`${what} (-?[\\d.]+)`).exec(text)?.[1] ?? Number.NaN);

  test('quotes, is filled, and is back after crashes of the exchange and of itself, without a gap', async () => {
    const state = join(temporaryDirectory(), 'state.json');
    maker = new MakerProcess(exchange.url, 'maker', state);
    await maker.line(/^quoting 20 instruments of 20 markets$/);
    expect(await tradeAll()).toBeGreaterThan(0);

    // The exchange crashes, and is back on the same port.
    await exchange.kill();
    const { dataDir, url } = exchange;
    exchange = await startExchange({ dataDir, env: { PORT: new URL(url).port } });
    taker = await Client.open(exchange.url, await login(exchange.url, 'taker'));
    expect(await tradeAll()).toBeGreaterThan(0);

    // So does the maker; its quotes go with it, and what it was told last it reads again.
    expect(await maker.kill('SIGKILL')).toBe('SIGKILL');
    const account = await login(exchange.url, 'maker');
    maker = new MakerProcess(exchange.url, 'maker', state);
    await maker.line(/^quoting/);
    await quoted('hybrid-0');
    await take('hybrid-0', 'sell');

    // All its protection allows at once.
    await Promise.all(MARKETS.map(quoted));
    const sweep = (side: 'buy' | 'sell') =>
      MARKETS.map((market) => ({ op: 'place' as const, market, side, size: '60', type: 'market' as const }));
    await taker.ask('batch', { requests: [...sweep('buy'), ...sweep('sell')] });
    expect(await maker.kill('SIGINT')).toBe(0);
    const last = maker.lines.at(-1) ?? '';
    expect(maker.stderr).toEqual([]);
    expect([numberOf(last, 'gaps'), numberOf(last, 'crossed')]).toEqual([0, 0]);
    expect(numberOf(last, 'protection hit')).toBe(1);

    // What it believes to have is what it has.
    const { inventory } = JSON.parse(readFileSync(state, 'utf8')) as { inventory: Record<string, number> };
    const truth = new Map<string, number>();
    for (const { market, outcome, side, size } of await fillsOf(exchange.url, account)) {
      const key = `${market} ${outcome}`;
      truth.set(key, (truth.get(key) ?? 0) + (side === 'buy' ? Number(size) : -Number(size)));
    }
    const rounded = (entries: Iterable<[string, number]>) =>
      Object.fromEntries(Array.from(entries, ([key, shares]) => [key, Math.round(shares * 100)]).sort());
    expect(rounded(Object.entries(inventory))).toEqual(rounded(truth));
    expect(truth.size).toBe(20);
    const after = await Client.open(exchange.url, account);
    await after.subscribe([{ ch: 'quotes' }]);
    expect(await after.stream('quotes').until(() => true)).toMatchObject({ quotes: [] });
    await after.close();
  });
});
