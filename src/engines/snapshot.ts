import { assert } from './growth.ts';
import { Market } from './market.ts';
import type { Book } from './order-book/book.ts';
import * as O from './order-book/orders.ts';
import { State } from './state.ts';

/** Changes when the bytes below change meaning. */
export const SNAPSHOT_FORMAT = 1;
const MAGIC = 0x42524945; // BRIE

/**
 * A canonical image of the state: equal states give equal bytes on every machine. Arrays are written up to what is used,
 * maps in sorted order. Free rows are zero but for their links, which are state: they decide which ids come next.
 */
export function writeSnapshot(state: State): Uint8Array {
  const out = new Writer();
  out.number(MAGIC);
  out.number(SNAPSHOT_FORMAT);
  for (const value of [state.seq, state.time, state.digest, state.tradeCount]) out.number(value);
  for (const value of [state.depositTotal, state.withdrawalTotal, state.feeTotal]) out.number(value);

  const { accounts, orders, clientIds } = state;
  out.number(accounts.count);
  out.floats(accounts.balance.subarray(0, accounts.end));
  out.floats(accounts.held.subarray(0, accounts.end));
  out.ints(accounts.openOrders.subarray(0, accounts.end));
  out.ints(accounts.exists.subarray(0, accounts.end));
  for (let account = 0; account < accounts.end; account++) out.ints(Int32Array.from(accounts.markets[account] ?? []));

  out.number(orders.freeHead);
  out.number(orders.live);
  out.ints(orders.rows.subarray(0, orders.high * O.ROW));
  out.floats(orders.money.subarray(0, orders.high * O.MONEY_ROW));

  const ids = clientIds.used();
  out.ints(ids.entries);
  out.floats(ids.endedAt);
  for (const link of ids.links) out.number(link);

  out.number(state.deposits.size);
  for (const reference of [...state.deposits.keys()].sort()) {
    const deposit = state.deposits.get(reference) as { account: number; amount: number };
    out.text(reference);
    out.number(deposit.account);
    out.number(deposit.amount);
  }
  out.number(state.markets.length);
  for (const market of state.markets) writeMarket(out, state, market);
  return out.finish();
}

function writeMarket(out: Writer, state: State, market: Market): void {
  out.text(market.slug);
  out.text(market.definition);
  out.text(market.reason);
  for (const value of [market.type, market.outcomes, market.tickSize, market.closeTime]) out.number(value);
  for (const value of [market.disputeWindow, market.b, market.status, market.disputeUntil]) out.number(value);
  for (const optional of [market.payouts, market.closingPrices, market.closingSources])
    out.ints(optional ?? new Int32Array(0));
  for (const value of [market.openOrders, market.volume, market.supply, market.escrow]) out.number(value);
  for (const value of [market.ammCash, market.ammFunding, market.settled, market.paid]) out.number(value);
  for (const value of [market.owed, market.settlementDone ? 1 : 0, market.sweepCursor]) out.number(value);
  out.ints(market.last);
  out.floats(market.q);
  out.floats(market.ammShares);
  const holders = market.holders.used();
  out.ints(holders.accounts);
  out.floats(holders.values);
  out.ints(holders.links);
  for (const book of market.books) out.ints(restingInOrder(state, book));
}

/** Slots of a book’s orders: bids from the best price, then asks from the best price, oldest first at each. */
export function restingInOrder(state: State, book: Book): Int32Array {
  const slots: number[] = [];
  const level = (price: number): void => {
    for (let slot = book.oldest(price); slot >= 0; slot = state.orders.rows[slot * O.ROW + O.NEXT] as number)
      slots.push(slot);
  };
  for (let price = book.bestBid; price !== 0; price = book.nextBid(price)) level(price);
  for (let price = book.bestAsk; price !== 0; price = book.nextAsk(price)) level(price);
  return Int32Array.from(slots);
}

/** The state of a snapshot. Throws on anything that is not one of this format. */
export function readSnapshot(bytes: Uint8Array): State {
  const input = new Reader(bytes);
  assert(input.number() === MAGIC, 'the bytes are a snapshot');
  assert(input.number() === SNAPSHOT_FORMAT, `the snapshot has format ${SNAPSHOT_FORMAT}`);
  const state = new State();
  state.seq = input.number();
  state.time = input.number();
  state.digest = input.number();
  state.tradeCount = input.number();
  state.depositTotal = input.number();
  state.withdrawalTotal = input.number();
  state.feeTotal = input.number();

  const { accounts, orders } = state;
  accounts.count = input.number();
  accounts.balance = input.floats();
  accounts.held = input.floats();
  accounts.openOrders = input.ints();
  accounts.exists = input.ints();
  accounts.end = accounts.balance.length;
  for (let account = 0; account < accounts.end; account++) {
    const list = input.ints();
    if (list.length > 0) accounts.markets[account] = Array.from(list);
  }

  orders.freeHead = input.number();
  orders.live = input.number();
  orders.rows = input.ints();
  orders.money = input.floats();
  orders.high = orders.rows.length / O.ROW;

  const entries = input.ints();
  const endedAt = input.floats();
  state.clientIds.restore(entries, endedAt, [input.number(), input.number(), input.number()]);

  for (let left = input.number(); left > 0; left--) {
    const reference = input.text();
    state.deposits.set(reference, { account: input.number(), amount: input.number() });
  }
  for (let left = input.number(); left > 0; left--) readMarket(input, state);
  assert(input.ended, 'nothing follows the snapshot');
  return state;
}

function readMarket(input: Reader, state: State): void {
  const slug = input.text();
  const definition = input.text();
  const reason = input.text();
  const [type, outcomes, tickSize, closeTime] = [input.number(), input.number(), input.number(), input.number()];
  const disputeWindow = input.number();
  const b = input.number();
  const index = state.markets.length;
  const market = new Market(index, slug, definition, type, outcomes, tickSize, closeTime, disputeWindow, b);
  state.markets.push(market);
  state.marketBySlug.set(slug, index);
  market.reason = reason;
  market.status = input.number();
  market.disputeUntil = input.number();
  const optional = (): Int32Array | null => {
    const values = input.ints();
    return values.length === 0 ? null : values;
  };
  market.payouts = optional();
  market.closingPrices = optional();
  market.closingSources = optional();
  market.openOrders = input.number();
  market.volume = input.number();
  market.supply = input.number();
  market.escrow = input.number();
  market.ammCash = input.number();
  market.ammFunding = input.number();
  market.settled = input.number();
  market.paid = input.number();
  market.owed = input.number();
  market.settlementDone = input.number() === 1;
  market.sweepCursor = input.number();
  market.last = input.ints();
  market.q.set(input.floats());
  market.ammShares.set(input.floats());
  const accounts = input.ints();
  const values = input.floats();
  market.holders.restore(accounts, values, input.ints());
  for (const book of market.books) for (const slot of input.ints()) book.rest(state.orders, slot);
}

/** 64 bits over the bytes of a snapshot, as 16 hex digits: two multiply-xor lanes over its words. */
export function hashBytes(bytes: Uint8Array): string {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >> 2);
  let a = 0x243f6a88;
  let b = 0x85a308d3;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as number;
    a = Math.imul(a ^ word, 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x85ebca6b) + a;
    b ^= b >>> 13;
  }
  return hex(a) + hex(b);
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

/** Sections of 8-byte units: a count, then the values. */
class Writer {
  private bytes = new Uint8Array(1 << 16);
  private at = 0;

  number(value: number): void {
    this.reserve(8);
    new Float64Array(this.bytes.buffer, this.at, 1)[0] = value;
    this.at += 8;
  }

  ints(values: Int32Array): void {
    this.block(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), values.length);
  }

  floats(values: Float64Array): void {
    this.block(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), values.length);
  }

  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.block(bytes, bytes.length);
  }

  finish(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  private block(bytes: Uint8Array, count: number): void {
    this.number(count);
    this.reserve(bytes.length + 8);
    this.bytes.set(bytes, this.at);
    const end = this.at + bytes.length;
    this.at = (end + 7) & ~7;
    this.bytes.fill(0, end, this.at);
  }

  private reserve(bytes: number): void {
    let capacity = this.bytes.length;
    while (capacity < this.at + bytes) capacity *= 2;
    if (capacity === this.bytes.length) return;
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes);
    this.bytes = grown;
  }
}

class Reader {
  private readonly buffer: ArrayBuffer;
  private at = 0;

  constructor(bytes: Uint8Array) {
    // A copy of exactly these bytes: a Node Buffer is a view of a larger pool, and its slice() one, too.
    this.buffer = new Uint8Array(bytes).buffer;
  }

  get ended(): boolean {
    return this.at === this.buffer.byteLength;
  }

  number(): number {
    const value = new Float64Array(this.buffer, this.at, 1)[0] as number;
    this.at += 8;
    return value;
  }

  ints(): Int32Array<ArrayBuffer> {
    const count = this.number();
    const values = new Int32Array(this.buffer, this.at, count).slice();
    this.at += (count * 4 + 7) & ~7;
    return values;
  }

  floats(): Float64Array<ArrayBuffer> {
    const count = this.number();
    const values = new Float64Array(this.buffer, this.at, count).slice();
    this.at += count * 8;
    return values;
  }

  text(): string {
    const count = this.number();
    const bytes = new Uint8Array(this.buffer, this.at, count);
    this.at += (count + 7) & ~7;
    return new TextDecoder().decode(bytes);
  }
}
