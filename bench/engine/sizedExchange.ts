import * as R from '../../dist/engines/records/buffer.js';
import * as C from '../../dist/engines/records/commands.js';
import { Exchange } from './exchange.ts';
import { Sfc32 } from './sfc32.ts';

export type Size = { markets: number; resting: number; accounts: number };

const TICK = 100;
const LOTS = 100;
const MID = 5_000;
const BATCH = 1_000;
/** Resting bids are at 1 … 40 ticks from the bottom, asks as many from the top. */
const LEVELS = 40;
const LIMIT_GTC = (C.LIMIT << 1) | (C.TIF.GTC << 2);
const LIMIT_IOC = (C.LIMIT << 1) | (C.TIF.IOC << 2);

/**
 * An exchange of a given size under a flow of constant mix: of ten commands four rest an order, four cancel a random one,
 * one rests an order at the mid and one takes exactly that. So every command does the same work at every size, and the
 * number of resting orders stays.
 */
export class SizedExchange {
  private readonly size: Size;
  private readonly random = new Sfc32(41);
  private readonly exchange: Exchange;
  /** The resting orders that may be canceled, in typed arrays: nothing for the collector to follow. */
  private readonly ids: Float64Array;
  private readonly accounts: Int32Array;
  private readonly markets: Int32Array;
  private resting = 0;

  constructor(size: Size) {
    this.size = size;
    const terms = { type: 'book', outcomes: 2, tickSize: TICK, liquidity: 0 } as const;
    this.exchange = new Exchange({ accounts: size.accounts, markets: size.markets, terms });
    this.ids = new Float64Array(size.resting + BATCH);
    this.accounts = new Int32Array(size.resting + BATCH);
    this.markets = new Int32Array(size.resting + BATCH);
    this.enterAll();
    for (let i = 0; i < size.resting; i++) {
      const at = this.placeDeep();
      this.remember(this.exchange.applyOnce(at), at);
    }
  }

  openAccounts(first: number, count: number): void {
    const { exchange } = this;
    for (let i = 0; i < count; i++) exchange.applyOnce(exchange.records.openAccount(first + i));
  }

  /** Rests orders that are never canceled. */
  restForGood(count: number): void {
    for (let i = 0; i < count; i++) this.exchange.applyOnce(this.placeDeep());
  }

  /** Applies `count` commands in batches; returns nanoseconds a command. */
  run(count: number): number {
    let ms = 0;
    for (let done = 0; done < count; done += BATCH) ms += this.batch();
    return (ms * 1e6) / (Math.ceil(count / BATCH) * BATCH);
  }

  /** Each account has had an order in its market before: its first one costs more, and what is asked is the lasting cost. */
  private enterAll(): void {
    const { exchange, size } = this;
    const half = size.accounts / 2;
    for (let k = 0; k < Math.max(half, size.markets); k++) {
      for (const side of [C.BUY, C.SELL]) {
        const account = 1 + side * half + (k % half);
        const market = k % size.markets;
        const price = side === C.BUY ? TICK : 10_000 - TICK;
        const id = exchange.applyOnce(exchange.records.place(account, market, side | LIMIT_GTC, price, LOTS));
        const at = exchange.records.cancel(account, market);
        exchange.records.writeOrderId(at, id);
        exchange.applyOnce(at);
      }
    }
  }

  private batch(): number {
    const { exchange } = this;
    const records: number[] = [];
    const remembered: boolean[] = [];
    const first = this.resting;
    for (let i = 0; i < BATCH; i += 10) {
      for (let k = 0; k < 4; k++) {
        records.push(this.placeDeep(), this.cancelAny());
        remembered.push(true, false);
      }
      records.push(...this.trade());
      remembered.push(false, false);
    }
    const ids = new Float64Array(BATCH);
    const start = performance.now();
    for (let i = 0; i < BATCH; i++) {
      exchange.apply(records[i] as number);
      ids[i] = exchange.orderId;
    }
    const ms = performance.now() - start;
    for (let i = 0; i < BATCH; i++) if (remembered[i] === true) this.remember(ids[i] as number, records[i] as number);
    if (this.resting !== first) throw new Error(`${this.resting} orders rest, not ${first}`);
    exchange.clear();
    return ms;
  }

  private placeDeep(): number {
    const market = this.random.integer(0, this.size.markets - 1);
    const side = this.random.integer(0, 1);
    const level = this.random.integer(1, LEVELS) * TICK;
    const price = side === C.BUY ? level : 10_000 - level;
    return this.exchange.records.place(this.accountOf(market, side), market, side | LIMIT_GTC, price, LOTS);
  }

  private cancelAny(): number {
    const { ids, accounts, markets } = this;
    const pick = this.random.integer(0, this.resting - 1);
    const at = this.exchange.records.cancel(accounts[pick] as number, markets[pick] as number);
    this.exchange.records.writeOrderId(at, ids[pick] as number);
    const last = --this.resting;
    ids[pick] = ids[last] as number;
    accounts[pick] = accounts[last] as number;
    markets[pick] = markets[last] as number;
    return at;
  }

  private trade(): [number, number] {
    const { records } = this.exchange;
    const market = this.random.integer(0, this.size.markets - 1);
    const side = this.random.integer(0, 1);
    return [
      records.place(this.accountOf(market, side), market, side | LIMIT_GTC, MID, LOTS),
      records.place(this.accountOf(market, 1 - side), market, (1 - side) | LIMIT_IOC, MID, LOTS),
    ];
  }

  /** The order that the PLACE at `at` rested; records that were cleared can still be read. */
  private remember(id: number, at: number): void {
    const { i32 } = this.exchange.records.buffer;
    this.ids[this.resting] = id;
    this.accounts[this.resting] = i32[at + R.ACCOUNT] as number;
    this.markets[this.resting++] = i32[at + R.MARKET] as number;
  }

  /** Half of the accounts buy, half sell; each is at home in one market, or, where there are fewer, in several. */
  private accountOf(market: number, side: number): number {
    const half = this.size.accounts / 2;
    const round = this.random.integer(0, Math.ceil(half / this.size.markets) - 1);
    return 1 + side * half + ((market + this.size.markets * round) % half);
  }
}
