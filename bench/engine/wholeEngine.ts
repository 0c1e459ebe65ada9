import * as OrderLayout from '../../dist/engines/order-book/orderRow.js';
import * as C from '../../dist/engines/records/commands.js';
import * as EventLayout from '../../dist/engines/records/events.js';
import * as RecordLayout from '../../dist/engines/records/header.js';
import type { Contender } from './contender.ts';
import { type Digest, Tally } from './digest.ts';
import { Exchange } from './exchange.ts';
import type { FlowCommands } from './flow.ts';
import * as FlowLayout from './flow.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { COMMAND_WORDS, LOTS, MARKET, OP, ORDER, PRICE, SIDE } = FlowLayout;
const { SLOTS_MAX } = OrderLayout;
const E = { ...EventLayout };
const R = { ...RecordLayout };

/** Half of them buy, half sell: nobody meets an order of its own. */
const ACCOUNTS = 1_000;
/** Of journal time a command: client ids are remembered for a day, here for 864,000 commands, then forgotten. */
const STEP_MS = 100;

const TERMS: Readonly<Record<number, number>> = {
  [OP.LIMIT]: (C.LIMIT << 1) | (C.TIF.GTC << 2),
  [OP.IOC]: (C.LIMIT << 1) | (C.TIF.IOC << 2),
  [OP.MARKET]: (C.MARKET_ORDER << 1) | (C.TIF.IOC << 2),
};

/**
 * The engine as the loop drives it: whole command records in, events of orders, trades, levels, balances and positions out,
 * in batches. Writing an order id into its record and reading it from the answer is in the time; making the records and
 * reading the trades from the events is not: others do that.
 */
export class WholeEngine implements Contender {
  private readonly commands: Int32Array;
  private readonly exchange: Exchange;
  private readonly tickSize: number;
  private readonly withClientIds: boolean;
  private readonly tally = new Tally();
  /** First words of the records of the batch. */
  private readonly records: number[] = [];
  private first = 0;
  /** By workload id: the engine’s. By slot of the engine’s: the workload’s. */
  private readonly engineIds: Float64Array;
  private workloadIds = new Int32Array(1 << 20);

  constructor(flow: FlowCommands, withClientIds: boolean) {
    this.commands = flow.commands;
    this.withClientIds = withClientIds;
    this.tickSize = FlowLayout.tickSizeOf(flow.ticks);
    this.engineIds = new Float64Array(flow.orders + 1);
    const terms = { type: 'book', outcomes: 2, tickSize: this.tickSize, liquidity: 0 } as const;
    this.exchange = new Exchange({ accounts: ACCOUNTS, markets: flow.markets, terms, stepMs: STEP_MS });
  }

  ready(from: number, to: number): void {
    const { commands, tickSize } = this;
    const { records } = this.exchange;
    this.first = from;
    this.records.length = 0;
    for (let i = from; i < to; i++) {
      const at = i * COMMAND_WORDS;
      const op = commands[at] as number;
      const id = commands[at + ORDER] as number;
      const market = commands[at + MARKET] as number;
      const side = commands[at + SIDE] as number;
      const price = (commands[at + PRICE] as number) * tickSize;
      const account = 1 + (id % (ACCOUNTS / 2)) + (side * ACCOUNTS) / 2;
      let record: number;
      if (op === OP.CANCEL) record = records.cancel(account, market);
      else if (op === OP.MOVE) record = records.reprice(account, market, price);
      else {
        record = records.place(account, market, side | (TERMS[op] as number), price, commands[at + LOTS] as number);
        if (this.withClientIds) records.nameOrder(record, id);
      }
      this.records.push(record);
    }
  }

  apply(index: number): void {
    const at = index * COMMAND_WORDS;
    const record = this.records[index - this.first] as number;
    const id = this.commands[at + ORDER] as number;
    const known = (this.commands[at] as number) >= OP.MOVE;
    if (known) this.exchange.records.copyOrderId(record, this.engineIds, id);
    this.exchange.apply(record);
    if (!known) this.exchange.copyOrderId(this.engineIds, id);
  }

  read(): void {
    const { i32, f64, words } = this.exchange.events;
    let command = this.first * COMMAND_WORDS;
    for (let at = 0; at < words; at += i32[at + R.LENGTH] as number) {
      const kind = i32[at + R.KIND];
      if (kind === E.EVENT.TRADE) {
        const maker = this.workloadId(f64[(at + E.TRADE_MAKER_ORDER) >> 1] as number);
        const price = (i32[at + E.TRADE_PRICE] as number) / this.tickSize;
        this.tally.trade(maker, this.commands[command + ORDER] as number, price, i32[at + E.TRADE_LOTS] as number);
      } else if (kind === E.EVENT.DONE) {
        if ((this.commands[command] as number) < OP.MOVE) this.learn(this.commands[command + ORDER] as number);
        command += COMMAND_WORDS;
      }
    }
    this.exchange.clear();
  }

  digest(): Digest {
    for (const { books, openOrders } of this.exchange.engine.image().markets) {
      for (const { bids, asks } of books) {
        for (const [price, lots] of [...bids, ...asks]) this.tally.rests(price / this.tickSize, lots, 0);
      }
      this.tally.rests(0, 0, openOrders);
    }
    return this.tally.digest();
  }

  private learn(id: number): void {
    const slot = (this.engineIds[id] as number) % SLOTS_MAX;
    if (slot >= this.workloadIds.length) {
      const grown = new Int32Array(2 * this.workloadIds.length);
      grown.set(this.workloadIds);
      this.workloadIds = grown;
    }
    this.workloadIds[slot] = id;
  }

  private workloadId(engineId: number): number {
    const id = this.workloadIds[engineId % SLOTS_MAX] as number;
    if (this.engineIds[id] !== engineId) throw new Error(`nobody placed order ${engineId}`);
    return id;
  }
}
