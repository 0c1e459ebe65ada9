import { LIMITS } from '../../src/engines/limits.ts';
import { ACCOUNT, eachRecord, KIND } from '../../src/engines/records/buffer.ts';
import { SELL } from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { TICKS_PER_DOLLAR } from '../../src/protocol/units.ts';
import { EngineDriver, type Result } from '../support/engineDriver.ts';
import type { Book, Fill, TickLevel } from './book.ts';
import type { Side } from './feed.ts';

const MARKET = 0;
/** Far behind the feed. */
const CLOSE_TIME = 2e12;

const OTHER_SIDE = { buy: 'sell', sell: 'buy' } as const;
const mirrored = (order: number): boolean => order % 2 === 1;
/** The price in the terms that the order is sent in. */
const ownPrice = (order: number, tick: number): number => (mirrored(order) ? TICKS_PER_DOLLAR - tick : tick);

/** A venue's order in the engine: of one account, in pieces where it is larger than one order may be. */
type Placed = { order: number; account: number; side: Side; pieces: number[] };
type Piece = { of: Placed; left: number; filled: number };

/**
 * A binary market of the engine as a book. Each open order has an account to itself, so that nobody meets his own orders;
 * accounts are used again, with the shares and the money that they have by then. Orders with odd numbers are sent in the
 * terms of NO: a buy as the sell of NO that it is, and the reverse.
 */
export class EngineBook implements Book {
  readonly driver = new EngineDriver();
  accounts = 0;
  piecesPlaced = 0;
  ordersInPieces = 0;
  private readonly placed = new Map<number, Placed>();
  private readonly pieces = new Map<number, Piece>();
  private readonly idle: number[] = [];
  /** Money that is not held, in micros, by account. */
  private readonly available: number[] = [];
  private deposits = 0;

  constructor() {
    this.expectDone(this.driver.createMarket('btc-usd', { tickSize: 1, closeTime: CLOSE_TIME }));
  }

  set time(time: number) {
    this.driver.time = time;
  }

  place(order: number, side: Side, tick: number, lots: number): Fill[] {
    const placed: Placed = { order, account: this.idle.pop() ?? this.open(), side, pieces: [] };
    this.placed.set(order, placed);
    const fills: Fill[] = [];
    for (let rest = lots; rest > 0; rest -= LIMITS.orderLots) {
      const size = Math.min(rest, LIMITS.orderLots);
      this.fund(placed, tick, size);
      const terms = mirrored(order) ? { side: OTHER_SIDE[side], outcome: 1 } : { side };
      const result = this.driver.place(placed.account, MARKET, { ...terms, price: ownPrice(order, tick), size });
      placed.pieces.push(result.orderId);
      this.pieces.set(result.orderId, { of: placed, left: size, filled: 0 });
      this.piecesPlaced++;
      this.read(result, fills);
    }
    if (placed.pieces.length > 1) this.ordersInPieces++;
    this.release(placed);
    return fills;
  }

  reprice(order: number, tick: number, lots: number): Fill[] {
    const placed = this.placed.get(order) as Placed;
    const fills: Fill[] = [];
    let wanted = lots;
    for (const id of placed.pieces) {
      const piece = this.pieces.get(id) as Piece;
      if (piece.left === 0) continue;
      const left = Math.min(piece.left, wanted);
      wanted -= left;
      if (left === 0) {
        this.read(this.driver.cancel(placed.account, MARKET, id), fills);
        continue;
      }
      this.fund(placed, tick, left);
      const to = { price: ownPrice(order, tick), size: piece.filled + left };
      this.read(this.driver.amend(placed.account, MARKET, id, to), fills);
    }
    if (wanted > 0) throw new Error(`order ${order} would grow by ${wanted}`);
    this.release(placed);
    return fills;
  }

  cancel(order: number): void {
    const placed = this.placed.get(order) as Placed;
    for (const id of placed.pieces) {
      if (this.pieces.get(id)?.left !== 0) this.read(this.driver.cancel(placed.account, MARKET, id), []);
    }
    this.release(placed);
  }

  left(order: number): number {
    const pieces = this.placed.get(order)?.pieces ?? [];
    return pieces.reduce((sum, id) => sum + (this.pieces.get(id) as Piece).left, 0);
  }

  resting(): number[] {
    return [...this.placed.keys()].toSorted((a, b) => a - b);
  }

  levels(): { bids: TickLevel[]; asks: TickLevel[] } {
    const book = this.driver.engine.image().markets[MARKET]?.books[0];
    return { bids: book?.bids ?? [], asks: book?.asks ?? [] };
  }

  private open(): number {
    this.accounts++;
    this.available[this.accounts] = 0;
    this.expectDone(this.driver.open(this.accounts, 0));
    return this.accounts;
  }

  /** Deposits what the account lacks of the whole cost. */
  private fund({ account, side }: Placed, tick: number, lots: number): void {
    const lacking = (side === 'buy' ? tick : TICKS_PER_DOLLAR - tick) * lots - (this.available[account] as number);
    if (lacking <= 0) return;
    this.deposits++;
    this.read(this.driver.deposit(account, lacking, `deposit ${this.deposits}`), []);
  }

  private release(placed: Placed): void {
    if (!this.placed.has(placed.order) || this.left(placed.order) > 0) return;
    this.placed.delete(placed.order);
    for (const id of placed.pieces) this.pieces.delete(id);
    this.idle.push(placed.account);
  }

  private expectDone(result: Result): void {
    if (result.code !== undefined) throw new Error(`the engine refused: ${result.code} ${result.field}`);
  }

  /** Takes over what the events of the last command say of orders, money and trades. */
  private read(result: Result, fills: Fill[]): void {
    this.expectDone(result);
    const { i32, f64, words } = this.driver.events;
    const makers = new Set<Placed>();
    eachRecord(i32, 0, words, (at) => {
      const int = (word: number): number => i32[at + word] as number;
      const float = (word: number): number => f64[(at + word) >> 1] as number;
      if (int(KIND) === E.EVENT.BALANCE) {
        this.available[int(ACCOUNT)] = float(E.BALANCE_BALANCE) - float(E.BALANCE_HELD);
      } else if (int(KIND) === E.EVENT.ORDER) {
        const piece = this.pieces.get(float(E.ORDER_ID)) as Piece;
        piece.filled = int(E.ORDER_FILLED);
        piece.left = int(E.ORDER_STATUS) === E.STATUS.OPEN ? int(E.ORDER_SIZE) - piece.filled : 0;
      } else if (int(KIND) === E.EVENT.TRADE) {
        const taker = (this.pieces.get(float(E.TRADE_TAKER_ORDER)) as Piece).of;
        const maker = (this.pieces.get(float(E.TRADE_MAKER_ORDER)) as Piece).of;
        makers.add(maker);
        const fill = { taker: taker.order, maker: maker.order, tick: int(E.TRADE_PRICE), lots: int(E.TRADE_LOTS) };
        const side = int(E.TRADE_SIDE) === SELL ? 'sell' : 'buy';
        const named = int(ACCOUNT) === taker.account && int(E.TRADE_MAKER) === maker.account && side === taker.side;
        if (!named || float(E.TRADE_MICROS) !== fill.tick * fill.lots)
          throw new Error('a trade contradicts its orders');
        const last = fills.at(-1);
        if (last !== undefined && last.maker === fill.maker && last.tick === fill.tick) last.lots += fill.lots;
        else fills.push(fill);
      }
    });
    for (const maker of makers) this.release(maker);
  }
}
