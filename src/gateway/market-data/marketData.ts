import type { EngineImage, MarketImage } from '../../engines/image.ts';
import * as R from '../../engines/records/buffer.ts';
import { afterText, COMMAND, readText } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import { AccountSettings } from './accountSettings.ts';
import { MarketState, type MarketTerms } from './marketState.ts';

const TYPES: readonly MarketImage['type'][] = ['book', 'lmsr', 'hybrid'];

/**
 * Every market’s public state, and what must be known of accounts, on the gateway’s thread: an image at start, then each committed command’s events.
 * Bounded by the engine’s own limits (markets, prices of a book).
 */
export class MarketData {
  /** By market number. */
  readonly markets: MarketState[] = [];
  readonly accounts: AccountSettings;
  private readonly slugs = new Map<string, MarketState>();
  /** Sequence and time of the last event seen. */
  seq: number;
  time: number;

  constructor(image: EngineImage) {
    this.seq = image.seq;
    this.time = image.time;
    this.accounts = new AccountSettings(image);
    for (const market of image.markets) this.add(new MarketState(market, image.seq));
  }

  bySlug(slug: string): MarketState | undefined {
    return this.slugs.get(slug);
  }

  /** Takes in the events of one committed command. */
  apply(events: R.RecordBuffer, from: number, doneAt: number): void {
    const { i32, f64 } = events;
    this.seq = f64[(doneAt + R.SEQ) >> 1] as number;
    this.time = f64[(doneAt + R.TIME) >> 1] as number;
    for (let at = from; at < doneAt; at += i32[at + R.LENGTH] as number) {
      const kind = i32[at + R.KIND] as number;
      if (kind === E.EVENT.LEVEL) this.level(i32, f64, at);
      else if (kind === E.EVENT.TRADE) this.trade(i32, f64, at);
      else if (kind === E.EVENT.AMM) this.amm(i32, f64, at);
      else if (kind === E.EVENT.MARKET) this.lifecycle(i32, f64, at);
      else if (kind === E.EVENT.SETTLEMENT) this.settlement(i32, f64, at);
      else if (kind === E.EVENT.QUOTE_GROUP || kind === E.EVENT.CONNECTION) this.accounts.apply(i32, kind, at);
    }
  }

  private add(market: MarketState): void {
    this.markets[market.market] = market;
    this.slugs.set(market.slug, market);
  }

  private of(i32: Int32Array, at: number): MarketState {
    const market = this.markets[i32[at + R.MARKET] as number];
    return market ?? nobodyCreated(i32[at + R.MARKET] as number);
  }

  private level(i32: Int32Array, f64: Float64Array, at: number): void {
    const market = this.of(i32, at);
    const levels = market.books[i32[at + E.LEVEL_OUTCOME] as number]?.side(i32[at + E.LEVEL_SIDE] as number);
    levels?.set(i32[at + E.LEVEL_PRICE] as number, f64[(at + E.LEVEL_LOTS) >> 1] as number);
    market.bookSeq = market.tickerSeq = this.seq;
  }

  private trade(i32: Int32Array, f64: Float64Array, at: number): void {
    if (((i32[at + E.TRADE_FLAGS] as number) & E.SET_FILL) !== 0) return;
    const market = this.of(i32, at);
    const outcome = i32[at + E.TRADE_OUTCOME] as number;
    const lots = i32[at + E.TRADE_LOTS] as number;
    const micros = f64[(at + E.TRADE_MICROS) >> 1] as number;
    const ticks = i32[at + E.TRADE_PRICE] as number;
    const price = ticks > 0 ? ticks * 100 : Math.round((micros * 100) / lots);
    market.last[outcome] = price;
    if (market.mirrors) market.last[1 - outcome] = 1_000_000 - price;
    market.volumeMicros += micros;
    market.tradesSeq = market.tickerSeq = this.seq;
  }

  private amm(i32: Int32Array, f64: Float64Array, at: number): void {
    const market = this.of(i32, at);
    const n = i32[at + E.AMM_OUTCOMES] as number;
    market.b = f64[(at + E.AMM_B) >> 1] as number;
    const values = (at + E.AMM_PER_OUTCOME) >> 1;
    for (let i = 0; i < n; i++) {
      market.q[i] = f64[values + i] as number;
      market.ammMillionths[i] = f64[values + n + i] as number;
    }
    market.bookSeq = market.tickerSeq = this.seq;
  }

  private lifecycle(i32: Int32Array, f64: Float64Array, at: number): void {
    const n = i32[at + E.MARKET_OUTCOMES] as number;
    const slugAt = at + E.MARKET_PER_OUTCOME + n * E.MARKET_OUTCOME_WORDS;
    const text = readText(i32, afterText(i32, slugAt));
    const cause = i32[at + E.MARKET_CAUSE] as number;
    if (cause === COMMAND.CREATE_MARKET) this.create(i32, at, readText(i32, slugAt), text);
    const market = this.of(i32, at);
    market.status = E.MARKET_STATUSES[i32[at + E.MARKET_STATUS] as number] ?? market.status;
    market.closeTime = f64[(at + E.MARKET_CLOSE_TIME) >> 1] as number;
    market.disputeUntil = f64[(at + E.MARKET_DISPUTE_UNTIL) >> 1] as number;
    market.openOrders = i32[at + E.MARKET_OPEN_ORDERS] as number;
    market.holders = i32[at + E.MARKET_HOLDERS] as number;
    market.bookOn = i32[at + E.MARKET_BOOK] === 1;
    market.auction = i32[at + E.MARKET_AUCTION] === 1;
    market.collar = i32[at + E.MARKET_COLLAR] as number;
    market.orderLots = i32[at + E.MARKET_ORDER_LOTS] as number;
    market.positionLots = i32[at + E.MARKET_POSITION_LOTS] as number;
    if (cause === COMMAND.VOID || cause === COMMAND.DISPUTE) market.reason = text;
    const payouts: number[] = [];
    const closing: { millionths: number; source: number }[] = [];
    for (let i = 0; i < n; i++) {
      const w = at + E.MARKET_PER_OUTCOME + i * E.MARKET_OUTCOME_WORDS;
      payouts.push(i32[w] as number);
      closing.push({ millionths: i32[w + 1] as number, source: i32[w + 2] as number });
    }
    market.payouts = i32[at + E.MARKET_RESOLVED] === 1 ? payouts : null;
    market.closingPrices = market.status === 'open' || market.status === 'halted' ? null : closing;
    market.marketSeq = this.seq;
  }

  private create(i32: Int32Array, at: number, slug: string, text: string): void {
    // Written by our own HTTP service and checked there; the engine keeps it as it is.
    const definition: MarketTerms = JSON.parse(text);
    this.add(
      new MarketState(
        {
          market: i32[at + R.MARKET] as number,
          slug,
          definition,
          type: TYPES[i32[at + E.MARKET_TYPE_WORD] as number] ?? 'book',
          status: 0,
          outcomes: definition.outcomes,
          tickSize: i32[at + E.MARKET_TICK_SIZE] as number,
          bookOn: false,
          auction: false,
          collar: 0,
          orderLots: 0,
          positionLots: 0,
          closeTime: 0,
          disputeUntil: 0,
          payouts: null,
          closingPrices: null,
          b: 0,
          q: definition.outcomes.map(() => 0),
          ammMillionths: definition.outcomes.map(() => 0),
          books: [],
          last: definition.outcomes.map(() => -1),
          volumeMicros: 0,
          reason: '',
          openOrders: 0,
          holders: 0,
          settledHolders: 0,
          settlementSteps: 0,
          settlementDone: false,
          paid: 0,
        },
        this.seq,
      ),
    );
  }

  private settlement(i32: Int32Array, f64: Float64Array, at: number): void {
    const market = this.of(i32, at);
    market.settled = i32[at + E.SETTLEMENT_CURSOR] as number;
    market.settlementSteps = i32[at + E.SETTLEMENT_HOLDERS] as number;
    market.paid = f64[(at + E.SETTLEMENT_PAID) >> 1] as number;
    market.settlementDone = market.settled === market.settlementSteps;
  }
}

/** By itself: the compiler makes the text before it looks whether it is needed, for every event. */
function nobodyCreated(market: number): never {
  throw new Error(`event of market ${market}, which nobody created`);
}
