import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { upgrade } from '../src/sdk/handshake.ts';
import { http } from '../src/sdk/http.ts';
import { openWebSocket, WebSocketClient } from '../src/sdk/webSocketClient.ts';
import { startServer } from './exchangeProcess.ts';
import { type Latency, percentiles } from './percentiles.ts';

const HELP = `npx tsx bench/slowReaders.ts [--stuck 1000] [--readers 20] [--seconds 10] [--json]

What readers that never read cost the others: the time from an order to its book update at some readers, without any
such connection and with many of them, each so far behind that the server drops what it has for it. Needs a build
(npm run build), starts an exchange of its own on loopback in a temporary directory, and stops by itself.`;

export type SlowReaders = {
  url: string;
  /** An access token of a funded account, for whom nothing is limited. */
  token: string;
  /** A market that nobody else trades in, with a tick of 0.01 or less. */
  market: string;
  readers: number;
  stuck: number;
  perSecond: number;
  /** Of each measurement: there are three. */
  seconds: number;
  /** Of the server’s process: to say how much memory it takes (Linux). */
  pid?: number;
  say?: (text: string) => void;
};
export type SlowReadersResult = {
  /** Before the others came and after they had gone, together. */
  without: Latency;
  beside: Latency;
  /** Of the 99th percentiles. */
  ratio: number;
  deliveries: number;
  missing: number;
  /** Bytes of memory, resident, that the server took more with them; undefined: not known. */
  memory: number | undefined;
};

/** Orders in the book at first: its snapshot is what the others are stuffed with. */
const ORDERS = 3_000;
const BATCH = 50;
/** Snapshots asked for by each, 6 MB: more than the operating system keeps (4 MB) and the server (1 MiB). */
const SNAPSHOTS = 48;
const OPENED_AT_ONCE = 50;
/** For the last deliveries of a measurement. */
const REST_MS = 1_000;

/** Measures; every connection that it opens is ended. Bounded by `stuck`, `readers` and `seconds`. */
export async function slowReaders(task: SlowReaders): Promise<SlowReadersResult> {
  const { readers, stuck, say = () => {} } = task;
  const maker = await Maker.open(task);
  const deliveries = new Deliveries();
  const normal: WebSocketClient[] = [];
  let idle: Socket[] = [];
  try {
    await maker.fill();
    for (let i = 0; i < readers; i++) {
      const client = await openWebSocket(socketUrl(task.url), {
        message: (text) => deliveries.take(text),
        closed: () => {},
      });
      client.send(subscribe('book', task.market));
      normal.push(client);
    }
    await pause(REST_MS);
    const expected = Math.ceil(task.perSecond * task.seconds) * readers;
    say(`${readers} readers`);
    const before = await measure(task, maker, deliveries);
    const memoryBefore = residentBytes(task.pid);
    say(`${readers} readers beside ${stuck} that never read`);
    idle = await openStuck(task);
    // What they asked for has been carried out when the next answer comes.
    await maker.place(0);
    await pause(REST_MS);
    const beside = await measure(task, maker, deliveries);
    const memoryBeside = residentBytes(task.pid);
    for (const socket of idle.splice(0)) socket.destroy();
    await pause(REST_MS);
    say(`${readers} readers again`);
    const after = await measure(task, maker, deliveries);
    const without = percentiles(Float64Array.from([...before, ...after]));
    const with_ = percentiles(Float64Array.from(beside));
    const count = before.length + beside.length + after.length;
    return {
      without,
      beside: with_,
      ratio: with_.p99 / without.p99,
      deliveries: count,
      missing: 3 * expected - count,
      memory: memoryBefore === undefined || memoryBeside === undefined ? undefined : memoryBeside - memoryBefore,
    };
  } finally {
    for (const socket of idle) socket.destroy();
    for (const client of normal) client.terminate();
    maker.end();
  }
}

function residentBytes(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== 'linux') return undefined;
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return kib === undefined ? undefined : Number(kib) * 1_024;
}

const socketUrl = (url: string): string => `${url.replace('http', 'ws')}/ws/v1`;
const subscribe = (ch: string, market: string): string =>
  `{"id":1,"op":"subscribe","channels":[{"ch":"${ch}","market":"${market}"}]}`;

/** Sends orders at a steady rate and gives how long each took to each reader, in ms. */
async function measure({ perSecond, seconds }: SlowReaders, maker: Maker, deliveries: Deliveries): Promise<number[]> {
  deliveries.begin();
  const beganAt = performance.now();
  const orders = Math.ceil(perSecond * seconds);
  const answers: Promise<void>[] = [];
  for (let i = 0; i < orders; i++) {
    const due = beganAt + (i * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    answers.push(maker.place(i).then((seq) => deliveries.sent(seq, due)));
  }
  await Promise.all(answers);
  await pause(REST_MS);
  return deliveries.latencies();
}

/** When each reader had the update of each order. */
class Deliveries {
  private readonly dueOf = new Map<number, number>();
  private came: { seq: number; at: number }[] = [];

  begin(): void {
    this.came = [];
    this.dueOf.clear();
  }
  take(text: string): void {
    const seq = /"seq":(\d+).*"type":"delta"/.exec(text)?.[1];
    if (seq !== undefined) this.came.push({ seq: Number(seq), at: performance.now() });
  }
  sent(seq: number, due: number): void {
    this.dueOf.set(seq, due);
  }
  latencies(): number[] {
    return this.came.flatMap(({ seq, at }) => {
      const due = this.dueOf.get(seq);
      return due === undefined ? [] : [at - due];
    });
  }
}

/** Who trades: rests orders at ten prices. */
class Maker {
  private readonly market: string;
  private client!: WebSocketClient;
  private readonly waiting = new Map<number, (text: string) => void>();
  private nextId = 1;

  private constructor(market: string) {
    this.market = market;
  }

  static async open({ url, token, market }: SlowReaders): Promise<Maker> {
    const maker = new Maker(market);
    const handler = { message: (text: string) => maker.answered(text), closed: () => {} };
    maker.client = await openWebSocket(socketUrl(url), handler);
    await maker.request(`"op":"auth","token":"${token}"`);
    return maker;
  }

  async fill(): Promise<void> {
    for (let i = 0; i < ORDERS; i += BATCH) {
      const orders = Array.from({ length: BATCH }, (_, k) => `{"op":"place",${this.order(i + k)}}`);
      await this.request(`"op":"batch","requests":[${orders.join(',')}]`);
    }
  }

  /** The `seq` of its order. */
  async place(i: number): Promise<number> {
    return Number(/"seq":(\d+)/.exec(await this.request(`"op":"place",${this.order(i)}`))?.[1]);
  }

  end(): void {
    this.client.terminate();
  }

  private order(i: number): string {
    return `"market":"${this.market}","side":"buy","outcome":"YES","size":"0.01","price":"0.${30 + (i % 10)}"`;
  }

  private request(fields: string): Promise<string> {
    const id = this.nextId++;
    this.client.send(`{"id":${id},${fields}}`);
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  private answered(text: string): void {
    const id = Number(/^\{"id":(\d+)/.exec(text)?.[1]);
    if (!text.includes('"ok":true')) throw new Error(`refused: ${text}`);
    this.waiting.get(id)?.(text);
    this.waiting.delete(id);
  }
}

/** Connections that ask for much and read nothing. */
async function openStuck({ url, market, stuck }: SlowReaders): Promise<Socket[]> {
  const sockets: Socket[] = [];
  const openOne = async (): Promise<void> => {
    const { socket, head } = await upgrade(socketUrl(url), {});
    const client = new WebSocketClient(socket, head, { message: () => {}, closed: () => {} });
    socket.pause();
    for (let i = 0; i < SNAPSHOTS; i++) client.send(subscribe('book.l3', market));
    client.send(subscribe('book', market));
    sockets.push(socket);
  };
  while (sockets.length < stuck) {
    await Promise.all(Array.from({ length: Math.min(OPENED_AT_ONCE, stuck - sockets.length) }, openOne));
  }
  return sockets;
}

/** On an exchange of its own. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stuck: { type: 'string', default: '1000' },
      readers: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const directory = mkdtempSync(join(tmpdir(), 'brier-slow-'));
  const operator = { username: 'operator', password: 'operator of the bench' };
  const exchange = await startServer([fileURLToPath(new URL('../dist/main.js', import.meta.url))], {
    PORT: '0',
    BRIER_DATA_DIR: directory,
    BRIER_ADMIN_USERNAME: operator.username,
    BRIER_ADMIN_PASSWORD: operator.password,
    BRIER_RATE_LIMITS: 'off',
    BRIER_READY_LINE: '1',
  });
  try {
    const api = http(exchange.url);
    const login = async (who: { username: string; password: string }) =>
      (await api.post<{ accessToken: string }>('/auth/login', who)).accessToken;
    const asOperator = api.as(await login(operator));
    const closeTime = Date.now() + 365 * 86_400_000;
    const market = { id: 'slow', title: 'Slow readers', criteria: 'Never resolved', type: 'book', closeTime };
    await asOperator.post('/markets', market);
    const maker = { username: 'slow-maker', password: 'maker of the bench' };
    await api.post('/auth/register', maker);
    await asOperator.post(`/accounts/${maker.username}/deposits`, { amount: '1000000', reference: 'bench' });
    const result = await slowReaders({
      url: exchange.url,
      token: await login(maker),
      market: market.id,
      readers: Number(values.readers),
      stuck: Number(values.stuck),
      perSecond: 50,
      seconds: Number(values.seconds),
      pid: exchange.pid,
      say: (text) => process.stderr.write(`${text}\n`),
    });
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : report(result, values.stuck));
  } finally {
    await exchange.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function report(result: SlowReadersResult, stuck: string): string {
  const { without, beside, ratio, deliveries, missing, memory } = result;
  const line = (what: string, { p50, p99, p999 }: Latency) =>
    `${what.padEnd(32)} p50 ${p50.toFixed(2)}  p99 ${p99.toFixed(2)}  p99.9 ${p999.toFixed(2)} ms\n`;
  return (
    line('without readers that never read', without) +
    line(`beside ${stuck} of them`, beside) +
    `p99 ratio ${ratio.toFixed(2)} (target at most 1.20), ${deliveries} deliveries, ${missing} missing\n` +
    (memory === undefined ? '' : `the server took ${(memory / 2 ** 20 / Number(stuck)).toFixed(2)} MiB more for each\n`)
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
