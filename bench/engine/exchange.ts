import { Engine } from '../../dist/engines/engine.js';
import * as R from '../../dist/engines/records/buffer.js';
import { codeName, DONE_ORDER, DONE_WORDS } from '../../dist/engines/records/events.js';
import { SERVER } from '../../dist/engines/state.js';
import { CommandRecords, type MarketTerms } from './commandRecords.ts';

/** An engine with the records that go in and the events that come out; a refused command is a mistake of the bench. */
export class Exchange {
  readonly engine = Engine.reserving(SERVER);
  readonly records: CommandRecords;
  readonly events = new R.RecordBuffer(1 << 18);

  constructor(options: { accounts: number; markets: number; terms: MarketTerms; stepMs?: number }) {
    this.records = new CommandRecords(options.stepMs);
    for (let account = 1; account <= options.accounts; account++) this.applyOnce(this.records.openAccount(account));
    for (let market = 0; market < options.markets; market++)
      this.applyOnce(this.records.createMarket(market, options.terms));
  }

  /** Applies the record at `at`. Its events stay until they are cleared. */
  apply(at: number): void {
    const { events } = this;
    const { i32, f64 } = this.records.buffer;
    this.engine.apply(i32, f64, at, events);
    const done = events.words - DONE_WORDS;
    const code = events.i32[done + R.CODE] as number;
    if (code !== 0) throw new Error(`command ${this.engine.seq} was refused: ${codeName(code)}`);
  }

  /** The order id of the last answer. */
  get orderId(): number {
    return this.events.f64[(this.events.words - DONE_WORDS + DONE_ORDER) >> 1] as number;
  }

  /** Keeps the order id of the last answer. */
  copyOrderId(ids: Float64Array, index: number): void {
    ids[index] = this.events.f64[(this.events.words - DONE_WORDS + DONE_ORDER) >> 1] as number;
  }

  /** Applies the only record there is, and forgets it and its events; returns the order id of its answer. */
  applyOnce(at: number): number {
    this.apply(at);
    const { orderId } = this;
    this.clear();
    return orderId;
  }

  /** As the loop does after a batch. */
  clear(): void {
    this.records.buffer.clear();
    this.events.clear();
  }
}
