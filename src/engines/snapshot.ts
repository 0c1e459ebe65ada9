import { ACCOUNT_ROW } from './accounts/accounts.ts';
import { readConnections, writeConnections } from './connections/storedConnections.ts';
import { assert, grownFloat64 } from './growth.ts';
import { Market, type MarketTerms } from './market.ts';
import type { Book } from './order-book/book.ts';
import type { Orders } from './order-book/orders.ts';
import * as O from './order-book/orders.ts';
import { inPriority } from './order-book/priority.ts';
import { readGroups, writeGroups } from './quotes/storedGroups.ts';
import { BUY, SELL, TIF } from './records/commands.ts';
import { STATUS } from './records/events.ts';
import { Reader, Writer } from './snapshotBytes.ts';
import { type Reserve, State } from './state.ts';

export { hashBytes } from './snapshotBytes.ts';

/** Changes when the bytes below change meaning. */
export const SNAPSHOT_FORMAT = 3;
/** One without quote groups and connections, from before there were any; still read. */
export const SNAPSHOT_FORMAT_BEFORE = 2;
const MAGIC = 0x42524945; // BRIE

/**
 * A canonical image of the state: equal states give equal bytes on every machine. Arrays are written up to what is used,
 * maps in sorted order, and words that nothing reads any more as zeroes. What follows from the rest is not written: the
 * levels of the books, the heap of expiries, hash tables. In the format before, a state of which that format holds all gives
 * the bytes that it gave then.
 */
export function writeSnapshot(state: State, format = SNAPSHOT_FORMAT): Uint8Array {
  const out = new Writer();
  out.numbers(MAGIC, format, state.seq, state.time, state.digest, state.tradeCount);
  out.numbers(state.depositTotal, state.withdrawalTotal, state.feeTotal);

  const { accounts, orders, clientIds } = state;
  out.number(accounts.count);
  out.floats(accounts.rows.subarray(0, accounts.end * ACCOUNT_ROW));
  for (let account = 0; account < accounts.end; account++) out.ints(Int32Array.from(accounts.markets[account] ?? []));

  out.numbers(orders.freeHead, orders.live);
  clearUnread(out.ints(orders.rows.subarray(0, orders.high * O.ROW)));
  out.floats(reported(orders));

  const ids = clientIds.used();
  out.ints(ids.entries);
  out.floats(ids.endedAt);
  out.numbers(...ids.links);

  out.number(state.deposits.size);
  for (const reference of [...state.deposits.keys()].sort()) {
    const deposit = state.deposits.get(reference) as { account: number; amount: number };
    out.text(reference);
    out.numbers(deposit.account, deposit.amount);
  }
  out.number(state.markets.length);
  for (const market of state.markets) writeMarket(out, state, market);
  if (format !== SNAPSHOT_FORMAT_BEFORE) {
    writeGroups(out, state);
    writeConnections(out, state);
  }
  return out.finish();
}

/** Rows are not cleared when orders end. Of a free one only the generation and the link to the next count. */
function clearUnread(rows: Int32Array): void {
  for (let row = 0; row < rows.length; row += O.ROW) {
    const status = rows[row + O.STATE] as number;
    if (status === O.FREE) {
      const generation = rows[row + O.GENERATION] as number;
      const next = rows[row + O.NEXT] as number;
      rows.fill(0, row, row + O.ROW);
      rows[row + O.GENERATION] = generation;
      rows[row + O.STATE] = O.FREE;
      rows[row + O.NEXT] = next;
    } else if (status !== STATUS.OPEN) rows.fill(0, row + O.PREV, row + O.CLIENT_REF);
    else if (rows[row + O.COVERED] === 0) rows.fill(0, row + O.COVERED, row + O.CLIENT_REF);
  }
}

/** What reports and fees need of an order, in a snapshot: MONEY_ROW, then CREATED_ROW, then when it expires. */
const REPORTED = O.MONEY_ROW + O.CREATED_ROW + 1;

function reported(orders: Orders): Float64Array {
  const { money, created } = orders;
  const all = new Float64Array(orders.high * REPORTED);
  for (let slot = 0; slot < orders.high; slot++) {
    if (orders.rows[slot * O.ROW + O.STATE] === O.FREE) continue;
    let at = slot * REPORTED;
    for (let i = slot * O.MONEY_ROW; i < (slot + 1) * O.MONEY_ROW; i++) all[at++] = money[i] as number;
    for (let i = slot * O.CREATED_ROW; i < (slot + 1) * O.CREATED_ROW; i++) all[at++] = created[i] as number;
    all[at] = orders.expiresAt(slot);
  }
  return all;
}

/** Memory that holds nothing is not touched. */
function readReported(orders: Orders, all: Float64Array): void {
  const { money, created, rows } = orders;
  for (let slot = 0; slot < orders.high; slot++) {
    const row = slot * O.ROW;
    if (rows[row + O.STATE] === O.FREE) continue;
    let at = slot * REPORTED;
    if (rows[row + O.FILLED] !== 0)
      for (let i = 0; i < O.MONEY_ROW; i++) money[slot * O.MONEY_ROW + i] = all[at + i] as number;
    at += O.MONEY_ROW;
    for (let i = slot * O.CREATED_ROW; i < (slot + 1) * O.CREATED_ROW; i++) created[i] = all[at++] as number;
    if (all[at] !== 0) orders.ends[slot] = all[at] as number;
  }
}

function writeMarket(out: Writer, state: State, market: Market): void {
  const { terms } = market;
  out.text(terms.slug);
  out.text(terms.definition);
  out.numbers(terms.type, terms.outcomes, terms.tickSize, terms.disputeWindow, terms.hybridThreshold);
  out.numbers(terms.takerFee, terms.makerFee, terms.feeBase, terms.bandMin, terms.bandMax);
  out.numbers(market.closeTime, market.b, market.status, market.disputeUntil);
  out.numbers(market.bookOn ? 1 : 0, market.collecting ? 1 : 0, market.auctionPrice);
  out.numbers(market.collar, market.orderLots, market.positionLots);
  out.text(market.reason);
  for (const optional of [market.payouts, market.closingPrices, market.closingSources])
    out.ints(optional ?? new Int32Array(0));
  out.numbers(market.openOrders, market.volume, market.fees, market.supply, market.escrow);
  out.numbers(market.ammCash, market.ammFunding, market.settled, market.paid, market.owed);
  out.numbers(market.settlementDone ? 1 : 0, market.sweepCursor);
  out.ints(market.last);
  out.floats(market.q);
  out.floats(market.ammShares);
  out.ints(market.holders.used());
  for (const book of market.books) out.ints(restingInOrder(state, book));
  out.ints(collectedInOrder(state, market));
}

/** Slots of a book’s orders: bids from the best price, then asks from the best price, oldest first at each. */
function restingInOrder({ orders }: State, book: Book): Int32Array {
  return Int32Array.from([...inPriority(orders, book, BUY), ...inPriority(orders, book, SELL)]);
}

function collectedInOrder({ orders }: State, market: Market): Int32Array {
  const slots: number[] = [];
  for (let slot = market.collected.oldest; slot >= 0; slot = orders.rows[slot * O.ROW + O.NEXT] as number)
    slots.push(slot);
  return Int32Array.from(slots);
}

/** The state of a snapshot, in tables with room for `reserve`. Throws on anything that is not one of a known format. */
export function readSnapshot(bytes: Uint8Array, reserve?: Reserve): State {
  const input = new Reader(bytes);
  assert(input.number() === MAGIC, 'the bytes are a snapshot');
  const format = input.number();
  const known = format === SNAPSHOT_FORMAT || format === SNAPSHOT_FORMAT_BEFORE;
  assert(known, `the snapshot has format ${SNAPSHOT_FORMAT_BEFORE} or ${SNAPSHOT_FORMAT}`);
  const state = new State(reserve);
  state.seq = input.number();
  state.time = input.number();
  state.digest = input.number();
  state.tradeCount = input.number();
  state.depositTotal = input.number();
  state.withdrawalTotal = input.number();
  state.feeTotal = input.number();

  const { accounts } = state;
  accounts.count = input.number();
  const cash = input.floats();
  if (cash.length > accounts.rows.length) accounts.rows = grownFloat64(accounts.rows, cash.length);
  accounts.rows.set(cash);
  accounts.end = cash.length / ACCOUNT_ROW;
  for (let account = 0; account < accounts.end; account++) {
    const list = input.ints();
    if (list.length > 0) accounts.markets[account] = Array.from(list);
  }

  readOrders(input, state);
  const entries = input.ints();
  const endedAt = input.floats();
  state.clientIds.restore(entries, endedAt, [input.number(), input.number(), input.number()]);

  for (let left = input.number(); left > 0; left--) {
    const reference = input.text();
    state.deposits.set(reference, { account: input.number(), amount: input.number() });
  }
  for (let left = input.number(); left > 0; left--) readMarket(input, state);
  if (format !== SNAPSHOT_FORMAT_BEFORE) {
    readGroups(input, state);
    readConnections(input, state);
  }
  assert(input.ended, 'nothing follows the snapshot');
  return state;
}

function readOrders(input: Reader, { orders, expiries }: State): void {
  orders.freeHead = input.number();
  orders.live = input.number();
  const rows = input.ints();
  orders.high = rows.length / O.ROW;
  if (rows.length > orders.rows.length) orders.grow(orders.high);
  orders.rows.set(rows);
  readReported(orders, input.floats());
  for (let slot = 0; slot < orders.high; slot++) {
    const row = slot * O.ROW;
    const tif = ((rows[row + O.TERMS] as number) >> 2) & 7;
    if (rows[row + O.STATE] === STATUS.OPEN && tif === TIF.GTD) expiries.add(orders, slot);
  }
}

function readMarket(input: Reader, state: State): void {
  const terms: MarketTerms = {
    slug: input.text(),
    definition: input.text(),
    type: input.number(),
    outcomes: input.number(),
    tickSize: input.number(),
    disputeWindow: input.number(),
    hybridThreshold: input.number(),
    takerFee: input.number(),
    makerFee: input.number(),
    feeBase: input.number(),
    bandMin: input.number(),
    bandMax: input.number(),
  };
  const index = state.markets.length;
  const market = new Market(index, terms, input.number(), input.number(), state);
  state.markets.push(market);
  state.marketBySlug.set(terms.slug, index);
  market.status = input.number();
  market.disputeUntil = input.number();
  market.bookOn = input.flag();
  market.collecting = input.flag();
  market.auctionPrice = input.number();
  market.collar = input.number();
  market.orderLots = input.number();
  market.positionLots = input.number();
  market.reason = input.text();
  market.payouts = optional(input);
  market.closingPrices = optional(input);
  market.closingSources = optional(input);
  market.openOrders = input.number();
  market.volume = input.number();
  market.fees = input.number();
  market.supply = input.number();
  market.escrow = input.number();
  market.ammCash = input.number();
  market.ammFunding = input.number();
  market.settled = input.number();
  market.paid = input.number();
  market.owed = input.number();
  market.settlementDone = input.flag();
  market.sweepCursor = input.number();
  market.last.set(input.ints());
  market.q.set(input.floats());
  market.ammShares.set(input.floats());
  market.holders.restore(input.ints());
  for (const book of market.books) for (const slot of input.ints()) book.rest(state.orders, slot);
  for (const slot of input.ints()) market.collected.push(state.orders, slot);
}

function optional(input: Reader): Int32Array | null {
  const values = input.ints();
  return values.length === 0 ? null : values.slice();
}
