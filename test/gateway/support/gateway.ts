import type { RecordBuffer } from '../../../src/engines/records/buffer.ts';
import * as R from '../../../src/engines/records/buffer.ts';
import * as C from '../../../src/engines/records/commands.ts';
import * as E from '../../../src/engines/records/events.ts';
import { AuthChanges } from '../../../src/gateway/auth/authChanges.ts';
import type { Identity } from '../../../src/gateway/auth/identity.ts';
import { Latency } from '../../../src/gateway/latency/latency.ts';
import { MarketData } from '../../../src/gateway/market-data/marketData.ts';
import { type Server, startServer } from '../../../src/gateway/server.ts';
import {
  createMarketRecord,
  type NewMarket,
  openAccountRecord,
  stepRecord,
} from '../../../src/gateway/services/commandRecords.ts';
import { Refusal } from '../../../src/gateway/services/refusal.ts';
import type { GatewayDeps } from '../../../src/gateway/sessions/context.ts';
import type { CandleSource } from '../../../src/gateway/streams/candleReader.ts';
import { DEFAULT_LIMITS, type Limits } from '../../../src/limits.ts';
import type { FillRow, OrderRow, Reads } from '../../../src/persistence/read-model/reads.ts';
import type { JournalEvents } from '../../../src/persistence/resume/accountEvents.ts';
import type { Connection } from '../../../src/sdk/index.ts';
import { connect, openWebSocket } from '../../../src/sdk/index.ts';
import { TestEngine } from '../../http/testEngine.ts';

export const START = 1_700_000_000_000;
const GRANT = 1_000_000_000_000;

/** History as the follower would have it, from the events: the newest state of each order, and its fills. */
class History implements Pick<Reads, 'order' | 'orderFills'> {
  private readonly orders = new Map<number, OrderRow>();
  private readonly fills: (FillRow & { orderId: number })[] = [];

  take({ i32, f64 }: RecordBuffer, from: number, doneAt: number): void {
    for (let at = from; at < doneAt; at += i32[at] as number) {
      if (i32[at + R.KIND] === E.EVENT.ORDER) {
        const terms = i32[at + E.ORDER_TERMS] as number;
        const length = i32[at + E.ORDER_CLIENT_ID_LENGTH] as number;
        const orderId = f64[(at + E.ORDER_ID) >> 1] as number;
        this.orders.set(orderId, {
          orderId,
          account: i32[at + R.ACCOUNT] as number,
          market: i32[at + R.MARKET] as number,
          outcome: C.outcomeOfTerms(terms),
          side: terms & 1,
          type: (terms >> 1) & 1,
          tif: (terms >> 2) & 7,
          postOnly: (terms & E.POST_ONLY) !== 0,
          reduceOnly: (terms & E.REDUCE_ONLY) !== 0,
          stp: C.stpOfTerms(terms),
          expiresAt: f64[(at + E.ORDER_EXPIRES_AT) >> 1] as number,
          mirrored: (terms & E.MIRRORED) !== 0,
          price: i32[at + E.ORDER_PRICE] as number,
          size: i32[at + E.ORDER_SIZE] as number,
          filled: i32[at + E.ORDER_FILLED] as number,
          status: i32[at + E.ORDER_STATUS] as number,
          reason: i32[at + E.ORDER_REASON] as number,
          filledMicros: f64[(at + E.ORDER_FILLED_MICROS) >> 1] as number,
          fees: f64[(at + E.ORDER_FEES) >> 1] as number,
          createdAt: f64[(at + E.ORDER_CREATED_AT) >> 1] as number,
          createdSeq: f64[(at + E.ORDER_CREATED_SEQ) >> 1] as number,
          seq: f64[(at + R.SEQ) >> 1] as number,
          clientOrderId: length === 0 ? null : C.readClientId(i32, at + E.ORDER_CLIENT_ID, length),
        });
      }
    }
  }

  async order(query: { account: number; orderId?: number; clientOrderId?: string }): Promise<OrderRow | null> {
    const own = [...this.orders.values()].filter(({ account }) => account === query.account);
    const found = own.findLast((row) =>
      query.orderId === undefined ? row.clientOrderId === query.clientOrderId : row.orderId === query.orderId,
    );
    return found ?? null;
  }

  async orderFills({ orderId }: { orderId: number }): Promise<FillRow[]> {
    return this.fills.filter((fill) => fill.orderId === orderId);
  }
}

/** A gateway on a free port over the real engine, without journal and database. Account n logs in with the token `n`. */
export class TestGateway {
  /** What the server takes the time to be; the engine follows it. */
  now = START;
  readonly changes = new AuthChanges();
  readonly engine = new TestEngine(() => this.now);
  readonly history = new History();
  readonly errors: unknown[] = [];
  /** Identities by token, besides the numbers. */
  readonly identities = new Map<string, Identity>();
  /** Logins wait for this. */
  loginGate: Promise<void> = Promise.resolve();
  server!: Server;
  deps!: GatewayDeps;
  private readonly open: Connection[] = [];

  static async start(
    options: {
      rateLimits?: boolean;
      limits?: Partial<Limits>;
      origins?: string[];
      logBytes?: number;
      sweepMs?: number;
      accounts?: number;
      journal?: (engine: TestEngine) => JournalEvents;
      candles?: CandleSource;
    } = {},
  ): Promise<TestGateway> {
    const gateway = new TestGateway();
    const data = new MarketData(gateway.engine.engine.image());
    const { logBytes, sweepMs } = options;
    gateway.deps = {
      port: gateway.engine.port,
      data,
      authenticator: {
        verifyAccessToken: (token) => gateway.verify(token),
        verifyApiKey: ({ apiKey }) => gateway.verify(apiKey),
      },
      authChanges: gateway.changes,
      reads: gateway.history,
      follower: { waitFor: async () => true },
      clock: () => gateway.now,
      rateLimits: options.rateLimits ?? false,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      latency: new Latency(),
      onError: (error) => gateway.errors.push(error),
    };
    gateway.server = await startServer({
      host: '127.0.0.1',
      port: 0,
      origins: options.origins ?? [],
      http: () => {},
      deps: gateway.deps,
      streams: {
        ...(logBytes !== undefined && { logBytes }),
        ...(sweepMs !== undefined && { sweepMs }),
        ...(options.journal !== undefined && { journal: options.journal(gateway.engine) }),
        ...(options.candles !== undefined && { candles: options.candles }),
      },
    });
    const told = gateway.engine.port.onGroup;
    gateway.engine.port.onGroup = (events, from, doneAt) => {
      gateway.history.take(events, from, doneAt);
      told(events, from, doneAt);
    };
    for (let account = 1; account <= (options.accounts ?? 4); account++) await gateway.openAccount(account);
    return gateway;
  }

  private async verify(token: string): Promise<Identity | Refusal> {
    await this.loginGate;
    const known = this.identities.get(token);
    if (known !== undefined) return known;
    const account = Number(token);
    if (!Number.isInteger(account)) return new Refusal('UNAUTHENTICATED', 'not a token');
    return identity(account, this.now);
  }

  async openAccount(account: number): Promise<void> {
    await this.engine.port.request(openAccountRecord(this.engine.port, account, GRANT));
  }

  async createMarket(
    slug: string,
    options: { type?: keyof typeof C.MARKET_TYPE; outcomes?: string[] } & Partial<
      Omit<NewMarket, 'slug' | 'definition' | 'type' | 'outcomes'>
    > = {},
  ): Promise<void> {
    const { type = 'book', outcomes = ['YES', 'NO'], ...more } = options;
    const definition = { title: slug, criteria: 'as stated', criteriaHash: 'ab', outcomes };
    const reply = await this.engine.port.request(
      createMarketRecord(this.engine.port, 0, {
        slug,
        definition: JSON.stringify(definition),
        type: C.MARKET_TYPE[type],
        outcomes: outcomes.length,
        tickSize: 100,
        closeTime: START + 1e9,
        liquidity: type === 'book' ? 0 : 10_000,
        disputeWindowMs: 0,
        ...more,
      }),
    );
    if (reply.code !== undefined) throw new Error(`no market: ${reply.code} ${reply.field}`);
  }

  async step(kind: 'HALT' | 'RESUME' | 'CLOSE', market: number, auction = false): Promise<void> {
    await this.engine.port.request(stepRecord(this.engine.port, kind, 0, market, auction));
  }

  /** It is `now`, and what is due by then ends. */
  passTo(now: number): void {
    this.now = now;
    this.engine.wake();
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** A client, logged in as an account if one is named. */
  async client(account?: number, headers?: Record<string, string>): Promise<Client> {
    const connection = await connect({ url: this.url, ...(headers !== undefined && { headers }) });
    this.open.push(connection);
    const client = new Client(connection);
    if (account !== undefined) await client.ok('auth', { token: String(account) });
    return client;
  }

  /** A bare socket, for what the client would not send. */
  async socket(headers?: Record<string, string>): Promise<Socket> {
    const socket = new Socket();
    socket.ws = await openWebSocket(`ws://127.0.0.1:${this.server.port}/ws/v1`, socket, headers);
    return socket;
  }

  async stop(): Promise<void> {
    for (const connection of this.open) connection.terminate();
    await this.server.close();
  }
}

export const identity = (account: number, now: number, more: Partial<Identity> = {}): Identity => ({
  account,
  username: `trader${account}`,
  roles: ['trader'],
  scopes: ['read', 'trade'],
  expiresAt: now + 3_600_000,
  sessionVersion: 1,
  session: `login-${account}`,
  ...more,
});

/** A message of whatever shape, as it was read: each test says what it expects of it. */
export type Message = ReturnType<typeof JSON.parse>;

/** A connection whose messages are kept, and can be waited for. */
export class Client {
  readonly connection: Connection;
  readonly messages: Message[] = [];
  private wake: () => void = () => {};

  constructor(connection: Connection) {
    this.connection = connection;
    connection.onMessage((message) => {
      this.messages.push(message);
      this.wake();
    });
  }

  request(op: string, fields: Record<string, unknown> = {}): Promise<Message> {
    return this.connection.requestUntyped(op, fields);
  }

  async ok(op: string, fields: Record<string, unknown> = {}): Promise<Message> {
    const answer = await this.request(op, fields);
    if (answer.ok !== true) throw new Error(`${op} refused: ${JSON.stringify(answer.error)}`);
    return answer;
  }

  /** The error of a request that must be refused. */
  async refused(op: string, fields: Record<string, unknown> = {}): Promise<Message> {
    const answer = await this.request(op, fields);
    if (answer.ok !== false) throw new Error(`${op} was not refused: ${JSON.stringify(answer)}`);
    return answer.error;
  }

  place(fields: Record<string, unknown>): Promise<Message> {
    return this.ok('place', { market: 'rain', side: 'buy', ...fields });
  }

  /** Resolves with the first message, of those before too, that fits. */
  async until(fits: (message: Message) => boolean): Promise<Message> {
    for (;;) {
      const found = this.messages.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** All messages of a channel so far, when an answer shows that they have all come. */
  async of(ch: string): Promise<Message[]> {
    await this.ok('ping');
    return this.messages.filter((message) => message.ch === ch);
  }
}

export class Socket {
  readonly texts: string[] = [];
  ws!: Awaited<ReturnType<typeof openWebSocket>>;
  private resolveEnd: (end: { code: number; reason: string }) => void = () => {};
  readonly ended: Promise<{ code: number; reason: string }> = new Promise((resolve) => {
    this.resolveEnd = resolve;
  });
  private wake: () => void = () => {};

  /** Heartbeats come when they come: they are left out. */
  message(text: string): void {
    if (text.includes('"type":"heartbeat"')) return;
    this.texts.push(text);
    this.wake();
  }

  closed(code: number, reason: string): void {
    this.resolveEnd({ code, reason });
  }

  /** The message with this index. */
  async next(index: number): Promise<Message> {
    while (this.texts.length <= index) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return JSON.parse(this.texts[index] as string);
  }
}
