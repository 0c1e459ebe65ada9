import { CODE, KIND, LENGTH } from '../../engines/records/buffer.ts';
import { COMMAND } from '../../engines/records/commands.ts';
import { DONE_FLAGS, DUPLICATE, EVENT } from '../../engines/records/events.ts';
import type { Sql } from '../postgres/connect.ts';
import { isRepeated, type Records } from './records.ts';
import { CandleRows } from './rows/candles.ts';
import { LedgerRows } from './rows/ledger.ts';
import { MarketRows } from './rows/markets.ts';
import { OrderRows } from './rows/orders.ts';
import { PositionRows } from './rows/positions.ts';
import { PricePointRows } from './rows/pricePoints.ts';
import { TradeRows } from './rows/trades.ts';

/** The rows that a run of commands leaves in the read model, each at its last state, written by one statement. */
export class ReadModelBatch {
  readonly points = new PricePointRows();
  commands = 0;
  private readonly orders: OrderRows;
  private readonly trades = new TradeRows();
  private readonly ledger = new LedgerRows();
  private readonly positions = new PositionRows();
  private readonly candles = new CandleRows();
  private readonly markets = new MarketRows();

  private readonly base: number;

  /** Its first command follows `base`. */
  constructor(base: number) {
    this.base = base;
    this.orders = new OrderRows(base);
  }

  /** Rows of the large tables. */
  get rows(): number {
    return this.orders.count + this.trades.count + this.ledger.count + this.positions.count;
  }

  /** Takes one command and its events, which are those from `from` to the DONE at `doneAt`. */
  add(command: Records, commandAt: number, events: Records, from: number, doneAt: number): void {
    const { i32, f64 } = events;
    this.commands++;
    if (i32[doneAt + CODE] !== 0) return;
    if (((i32[doneAt + DONE_FLAGS] as number) & DUPLICATE) !== 0) return;
    for (let at = from; at < doneAt; at += i32[at + LENGTH] as number) {
      switch (i32[at + KIND]) {
        case EVENT.ORDER:
          if (!isRepeated(i32, at)) this.orders.add(i32, f64, at);
          break;
        case EVENT.TRADE:
          this.trades.add(i32, f64, at);
          this.candles.add(i32, f64, at);
          break;
        case EVENT.BALANCE:
          this.ledger.add(i32, f64, at, command, commandAt);
          break;
        case EVENT.DONE:
          this.ledger.endItem();
          break;
        case EVENT.POSITION:
          this.positions.add(i32, f64, at);
          break;
        case EVENT.MARKET:
          this.markets.addMarket(i32, f64, at, command, commandAt);
          break;
        case EVENT.AMM:
          if (command.i32[commandAt + KIND] === COMMAND.TOP_UP) this.markets.addTopUp(i32, f64, at);
          break;
        case EVENT.SETTLEMENT:
          this.markets.addSettlement(i32, f64, at);
          break;
        default:
          break;
      }
    }
  }

  /**
   * Moves the head from where this batch begins to `seq` and writes all rows, in one autocommit statement: nothing can come
   * between them, and a second writer, or a repetition of a statement whose answer was lost, finds another head and writes
   * nothing. So rows need no check of their own for being there already. Returns the process that wrote it, undefined when the
   * head was elsewhere.
   */
  async write(sql: Sql, shard: number, seq: number, digest: number): Promise<number | undefined> {
    const [head] = await sql<{ process: number }[]>`
      with head as (
        update brier.read_model_head set seq = ${seq}, digest = ${digest} where shard = ${shard} and seq = ${this.base}
        returning seq
      ), new_markets as (${this.markets.insert(sql)}), changed_markets as (${this.markets.update(sql)}),
      new_orders as (${this.orders.insert(sql)}), changed_orders as (${this.orders.update(sql)}),
      trades as (${this.trades.insertTrades(sql)}), fills as (${this.trades.insertFills(sql)}),
      ledger as (${this.ledger.insert(sql)}), positions as (${this.positions.upsert(sql)}),
      candles as (${this.candles.upsert(sql)}), points as (${this.points.upsert(sql)})
      select pg_backend_pid() as process from head`;
    return head?.process;
  }
}
