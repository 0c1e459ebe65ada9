import { Engine } from '../../src/engines/engine.ts';
import { LIMIT_NAMES } from '../../src/engines/limits.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { formatEvent, formatRefusal } from './formatEvent.ts';

export type PlaceInput = {
  side?: 'buy' | 'sell';
  outcome?: number;
  type?: 'limit' | 'market';
  tif?: keyof typeof C.TIF;
  price?: number;
  size: number;
  postOnly?: boolean;
  reduceOnly?: boolean;
  /** For NO of the outcome. */
  against?: boolean;
  stp?: keyof typeof C.STP;
  maxCost?: number;
  deadline?: number;
  expiresAt?: number;
  clientId?: string;
  connection?: number;
};
export type RefInput = { account: number; market: number; order: number | string };
export type AmendInput = { price?: number; size?: number };
export type BatchItem =
  | { place: PlaceInput & { market: number } }
  | { cancel: Omit<RefInput, 'account'> }
  | { amend: Omit<RefInput, 'account'> & AmendInput };
/** One instrument of a mass quote: a side is [price, size]; null removes it, left out it stays. */
export type QuoteInput = {
  market?: number;
  outcome?: number;
  against?: boolean;
  bid?: [number, number] | null;
  ask?: [number, number] | null;
};
export type ProtectionInput = { window: number; frozen?: number; size?: number; delta?: number };
export type RiskInput = { collar?: number; orderLots?: number; positionLots?: number };
export type MarketInput = RiskInput & {
  type?: 'book' | 'lmsr' | 'hybrid';
  outcomes?: number;
  tickSize?: number;
  b?: number;
  closeTime?: number;
  disputeWindow?: number;
  hybridThreshold?: number;
  takerFee?: number;
  makerFee?: number;
  feeBase?: keyof typeof C.FEE_BASE;
  bandMin?: number;
  bandMax?: number;
  prior?: string;
};
export type Result = {
  code: string | undefined;
  field: string;
  orderId: number;
  count: number;
  duplicate: boolean;
  keptPriority: boolean;
  /** The limit at fault and its value, or what else would have been right. */
  limit: string;
  value: number;
  /** One line for each event but the last, which is the result itself. */
  events: string[];
  /** Of the parts of the command that were refused: DONE_COUNT, code and field, and the limit. */
  refused: string[];
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

  createMarket(slug: string, options: MarketInput = {}): Result {
    const outcomes = options.outcomes ?? 2;
    const names = outcomes === 2 ? ['YES', 'NO'] : Array.from({ length: outcomes }, (_, i) => `o${i}`);
    const text = JSON.stringify({ title: slug, criteria: 'as stated', criteriaHash: 'ab', outcomes: names });
    const prior = options.prior ?? '';
    const words = C.CREATE_TEXT + C.textWords(slug) + C.textWords(text) + C.textWords(prior);
    const at = this.begin(C.COMMAND.CREATE_MARKET, words, 0, -1);
    const { i32, f64 } = this.journal;
    const type = options.type ?? 'book';
    i32[at + C.CREATE_TYPE] = C.MARKET_TYPE[type];
    i32[at + C.CREATE_OUTCOMES] = outcomes;
    i32[at + C.CREATE_TICK_SIZE] = options.tickSize ?? 100;
    f64[(at + C.CREATE_CLOSE_TIME) >> 1] = options.closeTime ?? 1e12;
    f64[(at + C.CREATE_LIQUIDITY) >> 1] = options.b ?? (type === 'book' ? 0 : 10_000);
    f64[(at + C.CREATE_DISPUTE_WINDOW) >> 1] = options.disputeWindow ?? 0;
    f64[(at + C.CREATE_HYBRID_THRESHOLD) >> 1] = options.hybridThreshold ?? 0;
    i32[at + C.CREATE_TAKER_FEE] = options.takerFee ?? 0;
    i32[at + C.CREATE_MAKER_FEE] = options.makerFee ?? 0;
    i32[at + C.CREATE_FEE_BASE] = C.FEE_BASE[options.feeBase ?? 'notional'];
    i32[at + C.CREATE_BAND_MIN] = options.bandMin ?? 0;
    i32[at + C.CREATE_BAND_MAX] = options.bandMax ?? 0;
    this.risk(at + C.CREATE_RISK, { collar: 0, orderLots: 0, positionLots: 0, ...options });
    const afterSlug = C.writeText(this.journal, at + C.CREATE_TEXT, slug);
    C.writeText(this.journal, C.writeText(this.journal, afterSlug, text), prior);
    return this.apply(at);
  }

  /** Settings that are left out stay as they are. */
  configure(market: number, risk: RiskInput & { book?: boolean }): Result {
    const at = this.begin(C.COMMAND.CONFIGURE_MARKET, C.CONFIGURE_WORDS, 0, market);
    this.risk(at + C.RISK_COLLAR, risk);
    this.journal.i32[at + C.CONFIGURE_BOOK] = risk.book === true ? 1 : C.KEEP;
    return this.apply(at);
  }

  topUp(market: number, b: number): Result {
    const at = this.begin(C.COMMAND.TOP_UP, C.TOP_UP_B + 2, 0, market);
    this.journal.f64[(at + C.TOP_UP_B) >> 1] = b;
    return this.apply(at);
  }

  accountRisk(account: number, blocked: boolean | undefined, openOrders = 0): Result {
    const at = this.begin(C.COMMAND.SET_ACCOUNT_RISK, C.ACCOUNT_OPEN_ORDERS + 1, account, -1);
    this.journal.i32[at + C.ACCOUNT_BLOCKED] = blocked === undefined ? C.KEEP : Number(blocked);
    this.journal.i32[at + C.ACCOUNT_OPEN_ORDERS] = openOrders;
    return this.apply(at);
  }

  place(account: number, market: number, input: PlaceInput): Result {
    return this.apply(this.placeRecord(account, market, input));
  }

  cancel(account: number, market: number, order: number | string): Result {
    return this.apply(this.ref(C.COMMAND.CANCEL, { account, market, order }));
  }

  amend(account: number, market: number, order: number | string, to: AmendInput): Result {
    return this.apply(this.amendRecord({ account, market, order }, to));
  }

  /** Several orders under one sequence number; `events` are those of all items. */
  orders(account: number, items: BatchItem[], stopOnFailure = false): Result {
    const at = this.begin(C.COMMAND.BATCH, C.BATCH_ITEMS, account, -1);
    for (const item of items) {
      if ('place' in item) this.placeRecord(account, item.place.market, item.place);
      else if ('cancel' in item) this.ref(C.COMMAND.CANCEL, { account, ...item.cancel });
      else this.amendRecord({ account, ...item.amend }, item.amend);
    }
    this.journal.i32[at + R.LENGTH] = this.journal.words - at;
    this.journal.i32[at + C.BATCH_MODE] = stopOnFailure ? C.BATCH_STOP_ON_FAILURE : C.BATCH_ALLOW_FAILURE;
    this.journal.i32[at + C.BATCH_SIZE] = items.length;
    return this.apply(at);
  }

  /** Mass quotes of a group. */
  quotes(
    account: number,
    group: string,
    quotes: QuoteInput[],
    { connection = 0, deadline = 0 }: { connection?: number; deadline?: number } = {},
  ): Result {
    const at = this.begin(C.COMMAND.QUOTES, C.QUOTES_ITEMS + C.QUOTE_WORDS * quotes.length, account, -1);
    const { i32, f64 } = this.journal;
    i32[at + C.QUOTES_CONNECTION] = connection;
    i32[at + C.QUOTES_COUNT] = quotes.length;
    f64[(at + C.QUOTES_DEADLINE) >> 1] = deadline;
    C.writeClientId(this.journal, at + C.GROUP_NAME_LENGTH, at + C.GROUP_NAME, group);
    quotes.forEach(({ market = 0, outcome = 0, against, bid, ask }, index) => {
      const words = [market, (outcome << 8) | (against === true ? C.AGAINST : 0)];
      for (const side of [bid, ask]) words.push(side?.[0] ?? 0, side === undefined ? C.KEEP : (side?.[1] ?? 0));
      i32.set(words, at + C.QUOTES_ITEMS + C.QUOTE_WORDS * index);
    });
    return this.apply(at);
  }

  /** Of one group or all, in one market or all. */
  cancelQuotes(account: number, group = '', market = -1): Result {
    const at = this.begin(C.COMMAND.CANCEL_QUOTES, C.CANCEL_QUOTES_WORDS, account, market);
    C.writeClientId(this.journal, at + C.GROUP_NAME_LENGTH, at + C.GROUP_NAME, group);
    return this.apply(at);
  }

  /** A protection, null to lift it, or left out to leave it. */
  quoteGroup(account: number, group: string, protection?: ProtectionInput | null, reset = false): Result {
    const at = this.begin(C.COMMAND.QUOTE_GROUP, C.QUOTE_GROUP_WORDS, account, -1);
    const { i32, f64 } = this.journal;
    C.writeClientId(this.journal, at + C.GROUP_NAME_LENGTH, at + C.GROUP_NAME, group);
    f64[(at + C.PROTECTION_WINDOW) >> 1] = protection === undefined ? C.KEEP : (protection?.window ?? 0);
    f64[(at + C.PROTECTION_FROZEN) >> 1] = protection?.frozen ?? 0;
    i32[at + C.PROTECTION_SIZE] = protection?.size ?? 0;
    i32[at + C.PROTECTION_DELTA] = protection?.delta ?? 0;
    i32[at + C.PROTECTION_RESET] = reset ? 1 : 0;
    return this.apply(at);
  }

  connection(account: number, action: keyof typeof C.CONNECTION_ACTIONS, number = 0): Result {
    const at = this.begin(C.COMMAND.CONNECTION, C.CONNECTION_WORDS, account, -1);
    this.journal.i32[at + C.CONNECTION_ACTION] = C.CONNECTION_ACTIONS[action];
    this.journal.i32[at + C.CONNECTION_NUMBER] = number;
    return this.apply(at);
  }

  cancelAfter(account: number, ms: number): Result {
    const at = this.begin(C.COMMAND.CANCEL_AFTER, C.CANCEL_AFTER_WORDS, account, -1);
    this.journal.f64[(at + C.CANCEL_AFTER_MS) >> 1] = ms;
    return this.apply(at);
  }

  expire(): Result {
    return this.apply(this.begin(C.COMMAND.EXPIRE_ORDERS, C.BATCH_COUNT + 1, 0, -1));
  }

  cancelAll(account: number, market = -1): Result {
    return this.apply(this.begin(C.COMMAND.CANCEL_ALL, R.BODY, account, market));
  }

  /** HALT, RESUME, CLOSE: a step without fields. */
  step(kind: 'HALT' | 'RESUME' | 'CLOSE', market: number): Result {
    return this.apply(this.begin(C.COMMAND[kind], C.HALT_AUCTION + 1, 0, market));
  }

  /** Halts, and collects orders for the auction that `step('RESUME')` holds. */
  haltForAuction(market: number): Result {
    const at = this.begin(C.COMMAND.HALT, C.HALT_AUCTION + 1, 0, market);
    this.journal.i32[at + C.HALT_AUCTION] = 1;
    return this.apply(at);
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
    return this.withReason('VOID', market, reason);
  }

  dispute(market: number, reason = 'not so'): Result {
    return this.withReason('DISPUTE', market, reason);
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

  private placeRecord(account: number, market: number, input: PlaceInput): number {
    const at = this.begin(C.COMMAND.PLACE, C.PLACE_WORDS, account, market);
    const { i32, f64 } = this.journal;
    const type = input.type === 'market' ? C.MARKET_ORDER : C.LIMIT;
    const tif = C.TIF[input.tif ?? (type === C.MARKET_ORDER ? 'IOC' : 'GTC')];
    i32[at + C.PLACE_TERMS] =
      (input.side === 'sell' ? C.SELL : C.BUY) |
      (type << 1) |
      (tif << 2) |
      (input.postOnly === true ? C.POST_ONLY : 0) |
      (input.reduceOnly === true ? C.REDUCE_ONLY : 0) |
      (input.against === true ? C.AGAINST : 0) |
      ((input.outcome ?? 0) << 8) |
      (C.STP[input.stp ?? 'expire-taker'] << 16) |
      ((input.connection ?? 0) << C.CONNECTION_SHIFT);
    i32[at + C.PLACE_PRICE] = input.price ?? 0;
    i32[at + C.PLACE_SIZE] = input.size;
    f64[(at + C.PLACE_MAX_COST) >> 1] = input.maxCost ?? 0;
    f64[(at + C.PLACE_DEADLINE) >> 1] = input.deadline ?? 0;
    f64[(at + C.PLACE_EXPIRES_AT) >> 1] = input.expiresAt ?? 0;
    if (input.clientId !== undefined)
      C.writeClientId(this.journal, at + C.PLACE_CLIENT_ID_LENGTH, at + C.PLACE_CLIENT_ID, input.clientId);
    return at;
  }

  private amendRecord(order: RefInput, to: AmendInput): number {
    const at = this.ref(C.COMMAND.AMEND, order);
    this.journal.i32[at + C.REF_PRICE] = to.price ?? C.KEEP;
    this.journal.i32[at + C.REF_SIZE] = to.size ?? C.KEEP;
    return at;
  }

  private ref(kind: number, { account, market, order }: RefInput): number {
    const at = this.begin(kind, C.REF_WORDS, account, market);
    if (typeof order === 'number') this.journal.f64[(at + C.REF_ORDER) >> 1] = order;
    else C.writeClientId(this.journal, at + C.REF_CLIENT_ID_LENGTH, at + C.REF_CLIENT_ID, order);
    return at;
  }

  private withReason(kind: 'VOID' | 'DISPUTE', market: number, reason: string): Result {
    const at = this.begin(C.COMMAND[kind], R.BODY + C.textWords(reason), 0, market);
    C.writeText(this.journal, at + R.BODY, reason);
    return this.apply(at);
  }

  private risk(word: number, { collar, orderLots, positionLots }: RiskInput): void {
    this.journal.i32.set([collar ?? C.KEEP, orderLots ?? C.KEEP, positionLots ?? C.KEEP], word);
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
    const refused: string[] = [];
    let last = 0;
    R.eachRecord(events.i32, 0, events.words, (event) => {
      last = event;
      if (events.i32[event + R.KIND] !== E.EVENT.DONE) lines.push(formatEvent(events, event));
      else if ((events.i32[event + E.DONE_FLAGS] as number) & E.ITEM && events.i32[event + R.CODE] !== 0)
        refused.push(formatRefusal(events, event));
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
      limit: LIMIT_NAMES[events.i32[last + E.DONE_LIMIT] as number] as string,
      value: events.f64[(last + E.DONE_LIMIT_VALUE) >> 1] as number,
      events: lines,
      refused,
    };
  }
}
