import { coverOutcome } from '../accounts/collateral.ts';
import type { Market } from '../market.ts';
import { lost } from '../matching/cursors.ts';
import { COVER_NEXT, COVERED, HOLDER, MARKET, ROW, TERMS } from '../order-book/orders.ts';
import { EXPIRE } from '../order-book/steps.ts';
import type { QuoteGroup } from '../quotes/groups.ts';
import { BUY, GROUP_BITS, outcomeOfTerms } from '../records/commands.ts';
import type { State } from '../state.ts';

/**
 * What the execution of plans would take off reduce-only orders, found without changing anything: the shares of the holders
 * whom the plans touch are moved in copies, as `accounts/positions.ts` moves them. Cash decides nothing here and is left out.
 */
export class Foreseen {
  private readonly state: State;
  private readonly market: Market;
  private readonly positions = new Map<number, Position>();

  constructor(state: State, market: Market) {
    this.state = state;
    this.market = market;
    lost.clear();
  }

  /** Carries out `state.plan`: what orders lose by it is in {@link lost} then. */
  carryOut(): void {
    const { plan, orders, protection } = this.state;
    const withdrawn = new Set<QuoteGroup>();
    for (let step = 0; step < plan.count; step++) {
      const slot = plan.slot(step);
      if (slot < 0) continue;
      if (plan.kind(step) === EXPIRE) this.of(slot)?.release(slot);
      else this.of(slot)?.fill(slot, plan.lotsOf(step));
      const isQuote = ((orders.rows[slot * ROW + TERMS] as number) & GROUP_BITS) !== 0;
      if (isQuote && protection.isUsedUp(slot)) withdrawn.add(protection.groupOf(slot));
    }
    for (const group of withdrawn)
      for (const slot of group.quotes.values())
        if (orders.rows[slot * ROW + MARKET] === this.market.index) this.of(slot)?.release(slot);
  }

  /** The position of an order's holder, where it has reduce-only orders that could lose something. */
  private of(slot: number): Position | undefined {
    const { state, market } = this;
    const holder = state.orders.rows[slot * ROW + HOLDER] as number;
    const known = this.positions.get(holder);
    if (known !== undefined || !reduces(market, holder)) return known;
    const position = new Position(state, market, holder);
    this.positions.set(holder, position);
    return position;
  }
}

function reduces({ holders, outcomes }: Market, holder: number): boolean {
  for (let j = 0; j < outcomes; j++) if ((holders.i32[holders.reduceAt(holder, j)] as number) >= 0) return true;
  return false;
}

/** Shares of one holder, what of them its orders hold, and by how much each order is covered now. */
class Position {
  private readonly state: State;
  private readonly market: Market;
  private readonly holder: number;
  private readonly shares: number[] = [];
  private readonly held: number[] = [];
  /** By slot, where it is not what the order's row says. */
  private readonly covered = new Map<number, number>();

  constructor(state: State, market: Market, holder: number) {
    this.state = state;
    this.market = market;
    this.holder = holder;
    for (let j = 0; j < market.outcomes; j++) {
      this.shares.push(market.holders.shares(holder, j));
      this.held.push(market.holders.held(holder, j));
    }
  }

  /** An order of the holder trades. */
  fill(slot: number, lots: number): void {
    const terms = this.state.orders.rows[slot * ROW + TERMS] as number;
    const outcome = outcomeOfTerms(terms);
    this.uncoverOrder(slot, Math.min(lots, this.coveredOf(slot)));
    if ((terms & 1) === BUY) this.add(outcome, lots);
    // A sale of own shares comes to the same as one of minted sets, whose rest merges with them.
    else for (let j = 0; j < this.market.outcomes; j++) if (j !== outcome) this.add(j, lots);
    this.merge();
  }

  /** An order of the holder ends. */
  release(slot: number): void {
    const covered = this.coveredOf(slot);
    if (covered === 0) return;
    this.uncoverOrder(slot, covered);
    if (this.market.outcomes > 2) this.merge();
  }

  private add(outcome: number, lots: number): void {
    this.shares[outcome] = (this.shares[outcome] as number) + lots;
  }

  private free(outcome: number): number {
    return (this.shares[outcome] as number) - (this.held[outcome] as number);
  }

  private coveredOf(slot: number): number {
    return this.covered.get(slot) ?? (this.state.orders.rows[slot * ROW + COVERED] as number);
  }

  private uncoverOrder(slot: number, lots: number): void {
    if (lots === 0) return;
    const terms = this.state.orders.rows[slot * ROW + TERMS] as number;
    const outcome = coverOutcome(this.market, terms & 1, outcomeOfTerms(terms));
    this.held[outcome] = (this.held[outcome] as number) - lots;
    this.covered.set(slot, this.coveredOf(slot) - lots);
  }

  private merge(): void {
    const { outcomes } = this.market;
    const sets = outcomes === 2 ? Math.min(...this.shares) : this.mergeable();
    if (sets <= 0) return;
    for (let j = 0; j < outcomes; j++) this.add(j, -sets);
    for (let j = 0; j < outcomes; j++) this.uncover(j, -this.free(j));
  }

  /** Of more than two outcomes: free shares, and those that only reduce-only orders hold. */
  private mergeable(): number {
    const loose = this.shares.map((_, outcome) => {
      let lots = this.free(outcome);
      for (const slot of this.reducing(outcome)) lots += this.coveredOf(slot);
      return lots;
    });
    return Math.min(...loose);
  }

  /** A merge took `lots` of shares that orders held: reduce-only ones lose them first, the youngest first. */
  private uncover(outcome: number, lots: number): void {
    const { holders } = this.market;
    let left = lots;
    for (const slot of this.reducing(outcome)) {
      if (left <= 0) return;
      const taken = Math.min(left, this.coveredOf(slot));
      if (taken > 0) lost.set(slot, (lost.get(slot) ?? 0) + taken);
      this.uncoverOrder(slot, taken);
      left -= taken;
    }
    for (const slot of this.listed(holders.coverAt(this.holder, outcome))) {
      if (left <= 0) return;
      const taken = Math.min(left, this.coveredOf(slot));
      this.uncoverOrder(slot, taken);
      left -= taken;
    }
  }

  private reducing(outcome: number): Iterable<number> {
    return this.listed(this.market.holders.reduceAt(this.holder, outcome));
  }

  /** Slots of a list of the holder, the youngest first. */
  private *listed(head: number): Iterable<number> {
    const { rows } = this.state.orders;
    let slot = this.market.holders.i32[head] as number;
    for (; slot >= 0; slot = rows[slot * ROW + COVER_NEXT] as number) yield slot;
  }
}
