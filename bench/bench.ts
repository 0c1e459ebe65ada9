import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { acquireEpoch } from '../dist/persistence/journal/acquireEpoch.js';
import { JournalWriter } from '../dist/persistence/journal/journalWriter.js';
import { connect } from '../dist/persistence/postgres/connect.js';
import { startEmbedded } from '../dist/persistence/postgres/embedded.js';
import { recover } from '../dist/persistence/recovery.js';
import { http } from '../src/sdk/http.ts';
import { engineFlow, runFlow } from './engineFlow.ts';
import { type Running, startServer } from './exchangeProcess.ts';
import { type LoadResult, runLoad } from './loadClient.ts';
import { type Latency, median, percentiles } from './percentiles.ts';

const HELP = `npm run bench -- [--quick] [--memory] [--json]

Measures, side by side in one run: bare uWebSockets echo of the same frames by the same client, durable order
acknowledgements one at a time and pipelined, a bare commit of the same PostgreSQL, the engine alone, and recovery.
  --quick    a tenth of the requests
  --memory   also rest a million orders and report the server's memory
  --json     one JSON document instead of the table
Everything runs on loopback in temporary directories and stops by itself.`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  process.stdout.write(`${HELP}\n`);
  process.exit(0);
}

const SCALE = options.quick ? 0.1 : 1;
const CONNECTIONS = 8;
const REPEATS = 3;
const MARKET = 'bench';
const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Buys and sells at one price by turns: half of the orders rest a moment, half fill. */
const frame = (id: number): string =>
  `{"id":${id},"op":"place","market":"${MARKET}","side":"${id % 2 === 0 ? 'buy' : 'sell'}","outcome":"YES","type":"limit","size":"1","price":"0.50"}`;

type Row = { what: string; echo?: LoadResult; orders?: LoadResult; ratio?: number };

/** The middle of three runs by rate. */
async function middle(run: () => Promise<LoadResult>): Promise<LoadResult> {
  const results: LoadResult[] = [];
  for (let i = 0; i < REPEATS; i++) results.push(await run());
  const rate = median(results.map((result) => result.perSecond));
  return results.find((result) => result.perSecond === rate) as LoadResult;
}

async function commitLatency(url: string): Promise<Latency> {
  const sql = connect(url, { max: 1, applicationName: 'brier-bench' });
  const shard = 99;
  const { epoch, head } = await acquireEpoch(sql, shard);
  await sql.end();
  const writer = new JournalWriter(url, shard, epoch, head);
  const count = Math.ceil(2_000 * SCALE);
  const samples = new Float64Array(count);
  for (let i = -100; i < count; i++) {
    const seq = writer.head.lastSeq + 1;
    const start = performance.now();
    await writer.append({
      firstSeq: seq,
      lastSeq: seq,
      commandCount: 1,
      outputDigest: 0,
      payload: new Uint8Array(120),
    });
    if (i >= 0) samples[i] = performance.now() - start;
  }
  await writer.close();
  return percentiles(samples);
}

async function people(exchange: Running, operator: { username: string; password: string }): Promise<string[]> {
  const api = http(exchange.url);
  const { accessToken } = await api.post<{ accessToken: string }>('/auth/login', operator);
  await api.as(accessToken).post('/markets', {
    id: MARKET,
    title: 'Bench',
    criteria: 'Never resolved',
    type: 'book',
    closeTime: Date.now() + 365 * 86_400_000,
  });
  const tokens: string[] = [];
  for (let i = 0; i < CONNECTIONS; i++) {
    const username = `bench-${i}`;
    const registered = await api.post<{ accessToken: string }>('/auth/register', { username, password: 'bench bench' });
    await api.as(accessToken).post(`/accounts/${username}/deposits`, { amount: '10000000', reference: `bench-${i}` });
    tokens.push(registered.accessToken);
  }
  return tokens;
}

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024;

/** Rests a million bids of 1 lot from many accounts; the growth of the server's memory in MiB. */
async function restingOrders(exchange: Running, operator: { username: string; password: string }): Promise<object> {
  const api = http(exchange.url);
  const { accessToken } = await api.post<{ accessToken: string }>('/auth/login', operator);
  const before = residentMiB(exchange.pid);
  const perAccount = 10_000;
  const target = 1_000_000 * SCALE;
  let rested = 0;
  for (let account = 0; rested < target; account++) {
    const username = `rest-${account}`;
    const { accessToken: token } = await api.post<{ accessToken: string }>('/auth/register', {
      username,
      password: 'bench bench',
    });
    await api.as(accessToken).post(`/accounts/${username}/deposits`, { amount: '1000', reference: username });
    const requests = Math.floor((perAccount * 10) / 11);
    const result = await runLoad({
      url: exchange.url,
      tokens: [token],
      window: 512,
      requests,
      frame: (id) =>
        `{"id":${id},"op":"place","market":"${MARKET}","side":"buy","type":"limit","size":"0.01","price":"0.${String(1 + (id % 40)).padStart(2, '0')}"}`,
    });
    if (result.refused > 0) throw new Error(`${result.refused} of the resting orders were refused`);
    rested += requests + Math.ceil(requests / 10);
  }
  const after = residentMiB(exchange.pid);
  return { orders: rested, beforeMiB: before, afterMiB: after, growthMiB: after - before };
}

const directory = mkdtempSync(join(tmpdir(), 'brier-bench-'));
const operator = { username: 'operator', password: 'operator of the bench' };
say('starting PostgreSQL, the echo server and the exchange');
const postgres = await startEmbedded({ dataDir: join(directory, 'database') });
const stops: (() => Promise<void>)[] = [() => postgres.stop()];
try {
  const echo = await startServer(['--import', 'tsx', new URL('./echo.ts', import.meta.url).pathname], {});
  stops.push(echo.stop);
  const exchange = await startServer([new URL('../dist/main.js', import.meta.url).pathname], {
    PORT: '0',
    BRIER_DATA_DIR: join(directory, 'exchange'),
    DATABASE_URL: postgres.url,
    JWT_SECRET: 'a secret for the bench that nobody else needs',
    BRIER_ADMIN_USERNAME: operator.username,
    BRIER_ADMIN_PASSWORD: operator.password,
    BRIER_RATE_LIMITS: 'off',
    BRIER_READY_LINE: '1',
  });
  stops.push(exchange.stop);
  const tokens = await people(exchange, operator);
  const none = tokens.map(() => undefined);

  say('bare commit');
  const commit = await commitLatency(postgres.url);
  const rows: Row[] = [];
  for (const [what, connections, window, requests] of [
    ['one at a time', 1, 1, 3_000],
    ['8 connections × window 1', CONNECTIONS, 1, 10_000],
    ['8 connections × window 16', CONNECTIONS, 16, 100_000],
    ['8 connections × window 128', CONNECTIONS, 128, 300_000],
  ] as const) {
    say(what);
    const load = { window, requests: Math.ceil(requests * SCALE), frame };
    const echoed = await middle(() => runLoad({ ...load, url: echo.url, tokens: none.slice(0, connections) }));
    const orders = await middle(() => runLoad({ ...load, url: exchange.url, tokens: tokens.slice(0, connections) }));
    rows.push({ what, echo: echoed, orders, ratio: orders.perSecond / echoed.perSecond });
  }
  const memory = options.memory ? await restingOrders(exchange, operator) : undefined;
  await exchange.stop();

  say('recovery');
  const sql = connect(postgres.url, { max: 2, applicationName: 'brier-bench' });
  await sql`delete from brier.snapshots`;
  const started = performance.now();
  const { replayed } = await recover(sql, 0);
  const replayPerSecond = replayed / ((performance.now() - started) / 1_000);
  await sql.end();

  say('engine alone');
  const flow = engineFlow(Math.ceil(1_000_000 * SCALE), { markets: 1, accounts: 100, seed: 23 });
  const enginePerSecond = median(Array.from({ length: 5 }, () => runFlow(flow).perSecond));

  const single = rows[0] as Row;
  const oneAtATime =
    (single.orders?.latencyMs.p50 ?? Number.NaN) / ((single.echo?.latencyMs.p50 ?? Number.NaN) + commit.p50);
  const report = {
    machine: `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`,
    commit,
    rows,
    oneAtATimeToEchoPlusCommit: oneAtATime,
    enginePerSecond,
    recovery: { commands: replayed, perSecond: replayPerSecond },
    ...(memory === undefined ? {} : { memory }),
  };
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 1)}\n` : table(report));
} finally {
  for (const stop of stops.reverse()) await stop();
  rmSync(directory, { recursive: true, force: true });
}

function table(report: {
  machine: string;
  commit: Latency;
  rows: Row[];
  oneAtATimeToEchoPlusCommit: number;
  enginePerSecond: number;
  recovery: { commands: number; perSecond: number };
  memory?: object;
}): string {
  const ms = (latency: Latency | undefined): string =>
    latency === undefined ? '' : [latency.p50, latency.p99, latency.p999].map((value) => value.toFixed(2)).join(' / ');
  const rate = (value: number | undefined): string =>
    value === undefined ? '' : Math.round(value).toLocaleString('en');
  const lines = [
    `Machine: ${report.machine}. Latencies in ms: p50 / p99 / p99.9. Medians of ${REPEATS} runs.`,
    '',
    '| load | echo/s | echo ms | durable acks/s | ack ms | acks ÷ echo |',
    '|---|---|---|---|---|---|',
    ...report.rows.map(
      (row) =>
        `| ${row.what} | ${rate(row.echo?.perSecond)} | ${ms(row.echo?.latencyMs)} | ${rate(row.orders?.perSecond)} | ${ms(row.orders?.latencyMs)} | ${((row.ratio ?? 0) * 100).toFixed(1)} % |`,
    ),
    '',
    `Bare commit of one small batch: ${ms(report.commit)}. One at a time, p50: ${report.oneAtATimeToEchoPlusCommit.toFixed(2)} × (echo + commit).`,
    `Engine alone: ${rate(report.enginePerSecond)} commands/s. Recovery: ${rate(report.recovery.perSecond)} journal commands/s (${rate(report.recovery.commands)} replayed).`,
    ...(report.memory === undefined ? [] : [`Memory: ${JSON.stringify(report.memory)}`]),
  ];
  return `${lines.join('\n')}\n`;
}
