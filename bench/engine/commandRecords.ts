import * as R from '../../dist/engines/records/buffer.js';
import * as C from '../../dist/engines/records/commands.js';

/** Journal time of the first command, ms. */
const START = 1_000_000;
const CLOSE_TIME = 1e15;
/** More than any bench spends, and a thousand times less than an account may have. */
const GRANT = 1_000_000_000_000;

const ZERO = '0'.charCodeAt(0);

export type MarketTerms = { type: keyof typeof C.MARKET_TYPE; outcomes: number; tickSize: number; liquidity: number };

/** Writes commands as the loop hands them to the engine: with sequence and time stamped. */
export class CommandRecords {
  readonly buffer = new R.RecordBuffer(1 << 16);
  private seq = 0;
  private time = START;
  private readonly stepMs: number;

  /** `stepMs`: journal time from one command to the next. */
  constructor(stepMs = 0) {
    this.stepMs = stepMs;
  }

  openAccount(account: number): number {
    const at = this.begin(C.COMMAND.OPEN_ACCOUNT, C.AMOUNT + 2, account, -1);
    this.buffer.f64[(at + C.AMOUNT) >> 1] = GRANT;
    return at;
  }

  createMarket(index: number, terms: MarketTerms): number {
    const outcomes = Array.from({ length: terms.outcomes }, (_, i) => `outcome ${i}`);
    const slug = `market-${index}`;
    const definition = JSON.stringify({ title: slug, criteria: '', criteriaHash: '', outcomes });
    const prior = '';
    const words = C.CREATE_TEXT + C.textWords(slug) + C.textWords(definition) + C.textWords(prior);
    const at = this.begin(C.COMMAND.CREATE_MARKET, words, C.HOUSE, -1);
    const { i32, f64 } = this.buffer;
    i32[at + C.CREATE_TYPE] = C.MARKET_TYPE[terms.type];
    i32[at + C.CREATE_OUTCOMES] = terms.outcomes;
    i32[at + C.CREATE_TICK_SIZE] = terms.tickSize;
    f64[(at + C.CREATE_CLOSE_TIME) >> 1] = CLOSE_TIME;
    f64[(at + C.CREATE_LIQUIDITY) >> 1] = terms.liquidity;
    let end = at + C.CREATE_TEXT;
    for (const text of [slug, definition, prior]) end = C.writeText(this.buffer, end, text);
    return at;
  }

  place(account: number, market: number, terms: number, price: number, lots: number): number {
    const at = this.begin(C.COMMAND.PLACE, C.PLACE_WORDS, account, market);
    const { i32 } = this.buffer;
    i32[at + C.PLACE_TERMS] = terms;
    i32[at + C.PLACE_PRICE] = price;
    i32[at + C.PLACE_SIZE] = lots;
    return at;
  }

  /** Gives the PLACE at `at` a client id as long as most are: `number` in 36 digits. */
  nameOrder(at: number, number: number): void {
    const { i32, bytes } = this.buffer;
    i32[at + C.PLACE_CLIENT_ID_LENGTH] = C.CLIENT_ID_BYTES;
    const first = (at + C.PLACE_CLIENT_ID) * 4;
    let rest = number;
    for (let i = first + C.CLIENT_ID_BYTES - 1; i >= first; i--) {
      bytes[i] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
  }

  /** A new price for an order; see {@link writeOrderId}. */
  reprice(account: number, market: number, price: number): number {
    const at = this.begin(C.COMMAND.AMEND, C.REF_WORDS, account, market);
    this.buffer.i32[at + C.REF_PRICE] = price;
    this.buffer.i32[at + C.REF_SIZE] = C.KEEP;
    return at;
  }

  cancel(account: number, market: number): number {
    return this.begin(C.COMMAND.CANCEL, C.REF_WORDS, account, market);
  }

  /** Which order the AMEND or CANCEL at `at` means: the engine’s ids are only known when it has given them. */
  writeOrderId(at: number, id: number): void {
    this.buffer.f64[(at + C.REF_ORDER) >> 1] = id;
  }

  /** As {@link writeOrderId}, from where the id stands: as an argument it may be an object made for that. */
  copyOrderId(at: number, ids: Float64Array, index: number): void {
    this.buffer.f64[(at + C.REF_ORDER) >> 1] = ids[index] as number;
  }

  private begin(kind: number, words: number, account: number, market: number): number {
    const { buffer } = this;
    const at = buffer.begin(kind, words);
    buffer.f64[(at + R.SEQ) >> 1] = ++this.seq;
    buffer.f64[(at + R.TIME) >> 1] = this.time;
    this.time += this.stepMs;
    buffer.i32[at + R.ACCOUNT] = account;
    buffer.i32[at + R.MARKET] = market;
    return at;
  }
}
