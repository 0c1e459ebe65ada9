import { existsSync, readFileSync } from 'node:fs';
import { Decimal } from 'decimal.js';
import { describe, expect, it } from 'vitest';
import { quote } from '../../src/engines/lmsr/lmsr.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as E from '../../src/engines/records/events.ts';
import { EngineDriver } from '../support/engineDriver.ts';

/** Reference fills of a book beside a maker; without the file these tests are skipped. */
const file = new URL('../../../shared/math/hybrid_vectors.json', import.meta.url);

interface Case {
  id: number;
  /** Shares. */
  b: number;
  /** q_yes − q_no, lots. */
  s: number;
  side: 'buy' | 'sell';
  /** Cents. */
  limit: number;
  lots?: number;
  budget_u?: number;
  /** Price in cents, lots, id in order of arrival: orders that the incoming one may trade with. */
  book: [number, number, number][];
  fills: Fill[];
  s_after: number;
  spent_u?: number;
  unfilled_lots?: number;
  p_after?: string;
}
type Fill =
  | { venue: 'amm'; lots: number; money_u: number }
  | { venue: 'book'; id: number; tick: number; lots: number; money_u: number };

const CENT = 100; // ticks
const RICH = 1_000_000_000_000;
const [MOVER, TAKER, FIRST_MAKER] = [1, 2, 10];
/** More than any of the budgets buys. */
const HUGE = 900_000_000;
/** The band of the maker's prices, in millionths. */
const [BAND_MIN, BAND_MAX] = [1_000, 999_000];

/** An order for YES at so many cents, or the same in terms of NO. */
function inTerms(side: 'buy' | 'sell', cents: number, ofNo: boolean) {
  if (!ofNo) return { side, outcome: 0, price: cents * CENT };
  return { side: side === 'buy' ? 'sell' : 'buy', outcome: 1, price: (100 - cents) * CENT } as const;
}

/** A hybrid market in the state of a case, its book on and filled. */
function prepared({ b, s, side, book }: Case, ofNo: boolean) {
  const driver = new EngineDriver();
  for (const account of [MOVER, TAKER, ...book.map(([, , id]) => FIRST_MAKER + id)]) driver.open(account, RICH);
  expect(driver.createMarket('hybrid', { type: 'hybrid', tickSize: CENT, b: b * 100 }).code).toBe(undefined);
  if (s !== 0) {
    const moved = driver.place(MOVER, 0, { type: 'market', outcome: s > 0 ? 0 : 1, size: Math.abs(s) });
    expect(moved.code).toBe(undefined);
    expect(maker(driver).s).toBe(s);
  }
  expect(driver.configure(0, { book: true }).code).toBe(undefined);
  const orders = new Map<number, number>();
  for (const [price, lots, id] of book) {
    const order = inTerms(side === 'buy' ? 'sell' : 'buy', price, ofNo);
    const rested = driver.place(FIRST_MAKER + id, 0, { ...order, size: lots });
    expect(rested.code).toBe(undefined);
    expect(trades(driver)).toEqual([]);
    orders.set(rested.orderId, id);
  }
  return { driver, orders };
}

/** The records of one kind among the events of the last command. */
function eventsOf({ events }: EngineDriver, kind: number): ((word: number) => { int: number; float: number })[] {
  const found: ((word: number) => { int: number; float: number })[] = [];
  R.eachRecord(events.i32, 0, events.words, (at) => {
    if (events.i32[at + R.KIND] !== kind) return;
    found.push((word) => ({ int: events.i32[at + word] as number, float: events.f64[(at + word) >> 1] as number }));
  });
  return found;
}

/** s and the price of YES in millionths, from the last command's AMM event. */
function maker(driver: EngineDriver) {
  const amm = eventsOf(driver, E.EVENT.AMM).at(-1)!;
  const [yes, no, price] = [0, 2, 4].map((word) => amm(E.AMM_PER_OUTCOME + word).float) as [number, number, number];
  return { s: yes - no, price };
}

function trades(driver: EngineDriver, orders: Map<number, number> = new Map()): Fill[] {
  return eventsOf(driver, E.EVENT.TRADE).map((trade) => {
    const fill = { lots: trade(E.TRADE_LOTS).int, money_u: trade(E.TRADE_MICROS).float };
    if (trade(E.TRADE_VENUE).int === E.AMM_VENUE) return { venue: 'amm', ...fill };
    const id = orders.get(trade(E.TRADE_MAKER_ORDER).float)!;
    return { venue: 'book', id, tick: trade(E.TRADE_PRICE).int / CENT, ...fill };
  });
}

describe.skipIf(!existsSync(file))('a book beside a maker', () => {
  const { cases, meta } = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[]; meta: { count: number } })
    : { cases: [], meta: { count: 0 } };

  it('has all its reference cases', () => {
    expect(cases.length).toBe(60);
    expect(cases.length).toBe(meta.count);
  });

  // In terms of NO, too: only that what a seller spends cannot be capped.
  const guises = cases.flatMap((c) => [
    [`${c.id}: ${c.side}, ${c.book.length} orders`, c, false] as const,
    ...(c.budget_u === undefined ? [[`${c.id} in terms of NO`, c, true] as const] : []),
  ]);

  it.each(guises)('%s', (_, c, ofNo) => {
    const { driver, orders } = prepared(c, ofNo);
    const before = driver.account(TAKER).balance;
    const size = c.lots ?? HUGE;
    const terms = c.budget_u === undefined ? {} : { maxCost: c.budget_u };
    const placed = driver.place(TAKER, 0, { ...inTerms(c.side, c.limit, ofNo), size, tif: 'IOC', ...terms });
    expect(placed.code).toBe(undefined);
    const fills = trades(driver, orders);
    expect(fills).toEqual(c.fills);

    const tradedWithMaker = fills.some(({ venue }) => venue === 'amm');
    const after = tradedWithMaker ? maker(driver) : undefined;
    const s = after?.s ?? c.s;
    expect(s).toBe(c.s_after);
    const filled = fills.reduce((sum, { lots }) => sum + lots, 0);
    const money = fills.reduce((sum, { money_u }) => sum + money_u, 0);
    expect(eventsOf(driver, E.EVENT.ORDER).at(-1)!(E.ORDER_FILLED).int).toBe(filled);
    if (c.unfilled_lots !== undefined) expect(size - filled).toBe(c.unfilled_lots);
    if (c.spent_u !== undefined) expect(money).toBe(c.spent_u);
    if (c.budget_u !== undefined) expect(money).toBeLessThanOrEqual(c.budget_u);
    // Nothing but the fills was paid: a seller without shares also pays $1 a set, and receives NO.
    const sets = c.side === 'sell' ? filled * 10_000 : 0;
    expect(driver.account(TAKER).balance).toBe(before + (c.side === 'buy' ? -money : money) - sets);

    // p = 1 / (1 + e^(−s/b)), which the file gives to thirty digits.
    const Exact = Decimal.clone({ defaults: true, precision: 40 });
    const price = new Exact(1).div(
      new Exact(-s)
        .div(c.b * 100)
        .exp()
        .plus(1),
    );
    if (c.p_after !== undefined) expect(price.toSignificantDigits(30).toString()).toBe(c.p_after);
    if (after !== undefined) expect(after.price).toBe(price.times(1e6).round().toNumber());

    // And no order that still rests crosses the maker by a lot.
    const left = new Map(c.book.map(([tick, lots, id]) => [id, { tick, lots }]));
    for (const fill of fills) if (fill.venue === 'book') left.get(fill.id)!.lots -= fill.lots;
    const q = Float64Array.of(s, 0);
    for (const { tick, lots } of left.values()) {
      if (lots === 0) continue;
      const limit = Math.min(BAND_MAX, Math.max(BAND_MIN, tick * 10_000));
      const direction = c.side === 'buy' ? -1 : 1;
      expect(quote(q, 2, c.b * 100, 0, direction, 1, limit, Number.POSITIVE_INFINITY, new Float64Array(2))).toBe(false);
    }
    expect(driver.replayed().digest).toBe(driver.engine.digest);
  });
});
