import { Engine } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { formatEvent } from './formatEvent.ts';

export type PlaceInput = {
  side?: 'buy' | 'sell';
  outcome?: number;
  type?: 'limit' | 'market';
  tif?: keyof typeof C.TIF;
  price?: number;
  size: number;
  postOnly?: boolean;
  maxCost?: number;
  deadline?: number;
  clientId?: string;
};
export type Result = {
  code: string | undefined;
  field: string;
  orderId: number;
  count: number;
  duplicate: boolean;
  keptPriority: boolean;
  /** One line for each event but the last, which is the result itself. */
  events: string[];
};

/** Drives an engine as the sequencer does: stamps sequence and time, keeps the journal, reads the events. */
export class EngineDriver {
  engine: Engine;
  readonly journal = new R.RecordBuffer();
  readonly events = new R.RecordBuffer();
  time = 1_000_000;

  constructor(engine = new Engine()) {
    this.engine = engine;
  }

  open(account: number, grant = 1_000_000_000): Result {
    const at = this.begin(C.COMMAND.OPEN_ACCOUNT, C.AMOUNT + 2, account, -1);
    this.journal.f64[(at + C.AMOUNT) >> 1] = grant;
    return this.apply(at);
  }

  deposit(account: number, amount: number, reference: string): Result {
    const at = this.begin(C.COMMAND.DEPOSIT, C.AMOUNT + 2 + C.textWords(reference), account, -1);
    this.journal.f64[(at + C.AMOUNT) >> 1] = amount;
    C.writeText(this.journal, at + C.AMOUNT + 2, reference);
    return this.apply(at);
  }

  createMarket(
    slug: string,
    options: {
      type?: 'book' | 'lmsr';
      outcomes?: number;
      tickSize?: number;
      b?: number;
      closeTime?: number;
      prior?: string;
    } = {},
  ): Result {
    const outcomes = options.outcomes ?? 2;
    const names = outcomes === 2 ? ['YES', 'NO'] : Array.from({ length: outcomes }, (_, i) => `o${i}`);
    const text = JSON.stringify({ title: slug, criteria: 'as stated', criteriaHash: 'ab', outcomes: names });
    const prior = options.prior ?? '';
    const words = C.CREATE_TEXT + C.textWords(slug) + C.textWords(text) + C.textWords(prior);
    const at = this.begin(C.COMMAND.CREATE_MARKET, words, 0, -1);
    const { i32, f64 } = this.journal;
    i32[at + C.CREATE_TYPE] = C.MARKET_TYPE[options.type ?? 'book'];
    i32[at + C.CREATE_OUTCOMES] = outcomes;
    i32[at + C.CREATE_TICK_SIZE] = options.tickSize ?? 100;
    f64[(at + C.CREATE_CLOSE_TIME) >> 1] = options.closeTime ?? 1e12;
    f64[(at + C.CREATE_LIQUIDITY) >> 1] = options.b ?? (options.type === 'lmsr' ? 10_000 : 0);
    const afterSlug = C.writeText(this.journal, at + C.CREATE_TEXT, slug);
    C.writeText(this.journal, C.writeText(this.journal, afterSlug, text), prior);
    return this.apply(at);
  }

  place(account: number, market: number, input: PlaceInput): Result {
    const at = this.begin(C.COMMAND.PLACE, C.PLACE_WORDS, account, market);
    const { i32, f64 } = this.journal;
    const type = input.type === 'market' ? C.MARKET_ORDER : C.LIMIT;
    const tif = C.TIF[input.tif ?? (type === C.MARKET_ORDER ? 'IOC' : 'GTC')];
    i32[at + C.PLACE_TERMS] =
      (input.side === 'sell' ? C.SELL : C.BUY) |
      (type << 1) |
      (tif << 2) |
      (input.postOnly === true ? E.POST_ONLY : 0) |
      ((input.outcome ?? 0) << 8);
    i32[at + C.PLACE_PRICE] = input.price ?? 0;
    i32[at + C.PLACE_SIZE] = input.size;
    f64[(at + C.PLACE_MAX_COST) >> 1] = input.maxCost ?? 0;
    f64[(at + C.PLACE_DEADLINE) >> 1] = input.deadline ?? 0;
    if (input.clientId !== undefined)
      C.writeClientId(this.journal, at + C.PLACE_CLIENT_ID_LENGTH, at + C.PLACE_CLIENT_ID, input.clientId);
    return this.apply(at);
  }

  cancel(account: number, market: number, order: number | string): Result {
    return this.apply(this.ref(C.COMMAND.CANCEL, account, market, order));
  }

  amend(account: number, market: number, order: number | string, to: { price?: number; size?: number }): Result {
    const at = this.ref(C.COMMAND.AMEND, account, market, order);
    this.journal.i32[at + C.REF_PRICE] = to.price ?? C.KEEP;
    this.journal.i32[at + C.REF_SIZE] = to.size ?? C.KEEP;
    return this.apply(at);
  }

  cancelAll(account: number, market = -1): Result {
    return this.apply(this.begin(C.COMMAND.CANCEL_ALL, R.BODY, account, market));
  }

  /** HALT, RESUME, CLOSE: a step without fields. */
  step(kind: 'HALT' | 'RESUME' | 'CLOSE', market: number): Result {
    return this.apply(this.begin(C.COMMAND[kind], C.HALT_AUCTION + 1, 0, market));
  }

  setCloseTime(market: number, closeTime: number): Result {
    const at = this.begin(C.COMMAND.SET_CLOSE_TIME, C.CLOSE_TIME + 2, 0, market);
    this.journal.f64[(at + C.CLOSE_TIME) >> 1] = closeTime;
    return this.apply(at);
  }

  resolve(market: number, payouts: number[]): Result {
    const at = this.begin(C.COMMAND.RESOLVE, C.RESOLVE_PAYOUTS + payouts.length, 0, market);
    this.journal.i32[at + C.RESOLVE_COUNT] = payouts.length;
    this.journal.i32.set(payouts, at + C.RESOLVE_PAYOUTS);
    return this.apply(at);
  }

  void(market: number, reason = 'called off'): Result {
    const at = this.begin(C.COMMAND.VOID, R.BODY + C.textWords(reason), 0, market);
    C.writeText(this.journal, at + R.BODY, reason);
    return this.apply(at);
  }

  batch(kind: 'SETTLE_BATCH' | 'SWEEP_ORDERS', market: number, count = 1_000): Result {
    const at = this.begin(C.COMMAND[kind], C.BATCH_COUNT + 1, 0, market);
    this.journal.i32[at + C.BATCH_COUNT] = count;
    return this.apply(at);
  }

  /** Settles to the end; the number of commands that took. */
  settle(market: number, count = 1_000): number {
    for (let commands = 1; ; commands++) if (this.batch('SETTLE_BATCH', market, count).count === 0) return commands;
  }

  query(kind: keyof typeof C.COMMAND, account: number, market = -1): unknown {
    const command = new R.RecordBuffer();
    const at = command.begin(C.COMMAND[kind], C.REF_WORDS + 70);
    command.i32[at + R.ACCOUNT] = account;
    command.i32[at + R.MARKET] = market;
    this.events.clear();
    this.engine.query(command.i32, command.f64, at, this.events);
    if (this.events.i32[R.KIND] !== E.EVENT.ANSWER) throw new Error('the query was refused');
    return JSON.parse(C.readText(this.events.i32, E.ANSWER_TEXT));
  }

  account(account: number): { balance: number; held: number; positions: Record<string, number>[]; orders: unknown[] } {
    return this.query('QUERY_ACCOUNT', account) as ReturnType<EngineDriver['account']>;
  }

  /** A second engine that replays the journal; its hash must be this one’s. */
  replayed(): Engine {
    const engine = new Engine();
    const events = new R.RecordBuffer();
    R.eachRecord(this.journal.i32, 0, this.journal.words, (at) => {
      events.clear();
      engine.apply(this.journal.i32, this.journal.f64, at, events);
    });
    return engine;
  }

  private ref(kind: number, account: number, market: number, order: number | string): number {
    const at = this.begin(kind, C.REF_WORDS, account, market);
    if (typeof order === 'number') this.journal.f64[(at + C.REF_ORDER) >> 1] = order;
    else C.writeClientId(this.journal, at + C.REF_CLIENT_ID_LENGTH, at + C.REF_CLIENT_ID, order);
    return at;
  }

  private begin(kind: number, words: number, account: number, market: number): number {
    const at = this.journal.begin(kind, words);
    this.journal.i32[at + R.ACCOUNT] = account;
    this.journal.i32[at + R.MARKET] = market;
    this.journal.f64[(at + R.SEQ) >> 1] = this.engine.seq + 1;
    this.journal.f64[(at + R.TIME) >> 1] = this.time;
    return at;
  }

  private apply(at: number): Result {
    const { events } = this;
    events.clear();
    this.engine.apply(this.journal.i32, this.journal.f64, at, events);
    const lines: string[] = [];
    let last = 0;
    R.eachRecord(events.i32, 0, events.words, (event) => {
      last = event;
      if (events.i32[event + R.KIND] !== E.EVENT.DONE) lines.push(formatEvent(events, event));
    });
    const code = events.i32[last + R.CODE] as number;
    const flags = events.i32[last + E.DONE_FLAGS] as number;
    return {
      code: code === 0 ? undefined : E.codeName(code),
      field: E.FIELDS[events.i32[last + E.DONE_FIELD] as number] as string,
      orderId: events.f64[(last + E.DONE_ORDER) >> 1] as number,
      count: events.i32[last + E.DONE_COUNT] as number,
      duplicate: (flags & E.DUPLICATE) !== 0,
      keptPriority: (flags & E.KEPT_PRIORITY) !== 0,
      events: lines,
    };
  }
}
