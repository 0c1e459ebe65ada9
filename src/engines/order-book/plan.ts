import * as Limits from '../limits.ts';
import type { Protection } from '../quotes/protection.ts';
import * as CommandLayout from '../records/commands.ts';
import type { Book } from './book.ts';
import * as OrderLayout from './orderRow.ts';
import type { Orders } from './orders.ts';
import * as PlanSteps from './steps.ts';

export * from './steps.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { LIMITS } = Limits;
const { BUY, GROUP_BITS, REDUCE_ONLY, STP } = CommandLayout;
const { FILLED, HOLDER, NEXT, ROW_SHIFT, SLOTS, SIZE, TERMS } = OrderLayout;
const { FILL, EXPIRE, CANCEL_OWN, DECREMENT, AMM_STEP, PASS_OVER, NO_MORE, OWN_ORDER, STEPS, AGAIN } = PlanSteps;

/** kind | slot | lots | price */
const STEP = 4;
const MOST = LIMITS.fillsPerCommand + 64;

/**
 * What an incoming order will do, step by step, found without changing anything: so an order can be refused for what it
 * would do, and the execution has nothing left to decide. One per shard, reused.
 */
export class Plan {
  private readonly words = new Int32Array(STEP * (MOST + 1));
  /** Of AMM steps: cost or proceeds. */
  private readonly money = new Float64Array(MOST + 1);
  count = 0;
  /** Lots filled, and their money at the resting prices, in book terms. */
  lots = 0;
  micros = 0;
  /** Lots that self-trade prevention takes off the order. */
  prevented = 0;
  stop = NO_MORE;
  /** Counts the fills of quotes. */
  readonly protection: Protection;

  constructor(protection: Protection) {
    this.protection = protection;
  }

  clear(): void {
    this.protection.beginPlan();
    this.goOn();
  }

  /** Empty again, but what was planned of protected quotes still counts. */
  goOn(): void {
    this.count = this.lots = this.micros = this.prevented = 0;
    this.stop = NO_MORE;
  }

  kind(step: number): number {
    return this.words[step * STEP] as number;
  }
  slot(step: number): number {
    return this.words[step * STEP + 1] as number;
  }
  lotsOf(step: number): number {
    return this.words[step * STEP + 2] as number;
  }
  price(step: number): number {
    return this.words[step * STEP + 3] as number;
  }
  microsOf(step: number): number {
    return this.money[step] as number;
  }

  get full(): boolean {
    return this.count >= LIMITS.fillsPerCommand;
  }

  add(kind: number, slot: number, lots: number, price: number): void {
    const at = this.count++ * STEP;
    const words = this.words;
    words[at] = kind;
    words[at + 1] = slot;
    words[at + 2] = lots;
    words[at + 3] = price;
  }

  addAmm(lots: number, micros: number): void {
    this.money[this.count] = micros;
    this.add(AMM_STEP, -1, lots, 0);
    this.lots += lots;
    this.micros += micros;
  }

  /** Does a holder already have an order that this plan fills, cancels or makes smaller? */
  touches(orders: Orders, holder: number): boolean {
    for (let step = 0; step < this.count; step++) {
      const slot = this.slot(step);
      if (slot >= 0 && orders.rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] === holder) return true;
    }
    return false;
  }
}

/** Does a resting price satisfy an incoming limit? */
export const within = (side: number, limit: number, resting: number): boolean =>
  side === BUY ? resting <= limit : resting >= limit;

/** Words of TERMS that make a resting order more than a plain GTC one: reduce-only, a time in force, or a quote. */
const SPECIAL = REDUCE_ONLY | (7 << 2) | GROUP_BITS;

/**
 * Plans an order of `side` against one book, best price first, oldest order first, at the resting prices. `most` caps the
 * lots at a price (what a budget still pays for); see {@link planLevel}. Returns the lots that are left.
 *
 * This loop and `take` are all there is to matching: one row and one level are touched for each fill.
 */
export function planBook(
  plan: Plan,
  orders: Orders,
  book: Book,
  side: number,
  limit: number,
  lots: number,
  holder: number,
  stp: number,
  time: number,
): number {
  let left = lots;
  let price = side === BUY ? book.bestAsk : book.bestBid;
  while (left > 0 && price !== 0 && within(side, limit, price)) {
    left = planLevel(plan, orders, book.oldest(price), price, left, holder, stp, time);
    if (plan.stop !== NO_MORE) break;
    if (left > 0) price = side === BUY ? book.nextAsk(price) : book.nextBid(price);
  }
  return left;
}

/** Plans the orders of one level from `slot` on, oldest first; returns the lots that are left. */
export function planLevel(
  plan: Plan,
  orders: Orders,
  oldest: number,
  price: number,
  lots: number,
  holder: number,
  stp: number,
  time: number,
): number {
  const rows = orders.rows;
  let left = lots;
  for (let slot = oldest; slot >= 0 && left > 0; slot = rows[((slot & SLOTS) << ROW_SHIFT) + NEXT] as number) {
    if (plan.full) {
      plan.stop = STEPS;
      return left;
    }
    const row = (slot & SLOTS) << ROW_SHIFT;
    const remaining = (rows[row + SIZE] as number) - (rows[row + FILLED] as number);
    const fill = left < remaining ? left : remaining;
    const terms = rows[row + TERMS] as number;
    if ((terms & SPECIAL) !== 0 || rows[row + HOLDER] === holder) {
      const special = examine(plan, orders, slot, holder, stp, time, fill, price);
      if (plan.stop !== NO_MORE) return left;
      if (special === DECREMENT) left -= fill;
      if (special !== FILL) continue;
      if ((terms & GROUP_BITS) !== 0) plan.protection.plan(slot, fill);
    }
    plan.add(FILL, slot, fill, price);
    plan.lots += fill;
    plan.micros += fill * price;
    left -= fill;
  }
  return left;
}

/**
 * Decides about a resting order that is not plain: FILL if it is to be filled like any other (the caller then counts the
 * fill of a quote), else the step that was added, or none: PASS_OVER, or `plan.stop` is set.
 */
export function examine(
  plan: Plan,
  orders: Orders,
  slot: number,
  holder: number,
  stp: number,
  time: number,
  lots: number,
  price: number,
): number {
  const row = (slot & SLOTS) << ROW_SHIFT;
  const terms = orders.rows[row + TERMS] as number;
  const owner = orders.rows[row + HOLDER] as number;
  if ((terms & REDUCE_ONLY) !== 0 && (plan.touches(orders, owner) || (owner === holder && plan.lots > 0))) {
    plan.stop = AGAIN;
    return FILL;
  }
  const expiresAt = orders.expiresAt(slot);
  if (expiresAt !== 0 && expiresAt <= time) {
    plan.add(EXPIRE, slot, 0, price);
    return EXPIRE;
  }
  if (owner === holder) {
    if (stp === STP['expire-taker']) {
      plan.add(CANCEL_OWN, -1 - slot, lots, price); // reported, not canceled
      plan.stop = OWN_ORDER;
    } else if (stp === STP.decrement) {
      plan.add(DECREMENT, slot, lots, price);
      plan.prevented += lots;
      return DECREMENT;
    } else {
      plan.add(CANCEL_OWN, slot, lots, price);
      if (stp === STP['expire-both']) plan.stop = OWN_ORDER;
    }
    return CANCEL_OWN;
  }
  return (terms & GROUP_BITS) !== 0 && plan.protection.isUsedUp(slot) ? PASS_OVER : FILL;
}

/** Takes `lots` out of a resting order; the order leaves the book when nothing is left. True when it did. */
export function take(orders: Orders, book: Book, slot: number, lots: number, price: number): boolean {
  const rows = orders.rows;
  const row = (slot & SLOTS) << ROW_SHIFT;
  const filled = (rows[row + FILLED] as number) + lots;
  rows[row + FILLED] = filled;
  if (filled === rows[row + SIZE]) {
    book.remove(orders, slot, lots);
    return true;
  }
  book.shrink(price, lots);
  return false;
}
