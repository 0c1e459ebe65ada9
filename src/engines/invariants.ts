import { coverOutcome, unitHold } from './accounts/positions.ts';
import { assert } from './growth.ts';
import { type Market, RESOLVED, VOIDED } from './market.ts';
import * as O from './order-book/orders.ts';
import { HOUSE } from './records/commands.ts';
import type { State } from './state.ts';

/** Where all the money is, in micros. */
export type Audit = {
  deposits: number;
  withdrawals: number;
  /** Available cash of all accounts but the house. */
  cash: number;
  held: number;
  escrow: number;
  amm: number;
  fees: number;
  house: number;
  conserved: boolean;
};

export function audit(state: State): Audit {
  const { accounts } = state;
  let balance = 0;
  let held = 0;
  for (let account = 1; account < accounts.end; account++) {
    balance += accounts.balance[account] as number;
    held += accounts.held[account] as number;
  }
  let escrow = 0;
  let amm = 0;
  for (const market of state.markets) {
    escrow += market.escrow;
    amm += market.ammCash;
  }
  const house = accounts.balance[HOUSE] as number;
  const fees = state.feeTotal;
  const conserved = balance + escrow + amm + fees + house === state.depositTotal - state.withdrawalTotal;
  return {
    deposits: state.depositTotal,
    withdrawals: state.withdrawalTotal,
    cash: balance - held,
    held,
    escrow,
    amm,
    fees,
    house,
    conserved,
  };
}

/** Every equality of the design, over the whole state: for tests, and after a recovery. Throws at the first that fails. */
export function checkInvariants(state: State): void {
  assert(audit(state).conserved, 'money is conserved');
  const { accounts, orders } = state;
  const held = new Float64Array(accounts.end);
  const open = new Int32Array(accounts.end);
  for (const market of state.markets) checkMarket(state, market, held, open);
  for (let account = 0; account < accounts.end; account++) {
    const of = `of account ${account}`;
    assert(held[account] === accounts.held[account], `held is what the open orders require ${of}`);
    assert(open[account] === accounts.openOrders[account], `open orders are counted ${of}`);
    if (account !== HOUSE) {
      assert((accounts.held[account] as number) >= 0, `held ≥ 0 ${of}`);
      assert(accounts.available(account) >= 0, `available ≥ 0 ${of}`);
    }
  }
  let live = 0;
  for (let slot = 0; slot < orders.high; slot++) if (orders.rows[slot * O.ROW + O.STATE] !== O.FREE) live++;
  assert(live === orders.live, 'order rows are counted');
}

function checkMarket(state: State, market: Market, held: Float64Array, open: Int32Array): void {
  const { holders } = market;
  const of = `in market ${market.slug}`;
  assert(market.ammCash >= 0, `the maker can pay ${of}`);
  const settling = market.status === RESOLVED || market.status === VOIDED;
  if (!settling) assert(market.escrow === market.supply * 10_000, `escrow is the supply ${of}`);
  let ammFewest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < market.outcomes; i++) {
    let shares = market.ammShares[i] as number;
    ammFewest = Math.min(ammFewest, shares);
    for (let holder = 0; holder < holders.count; holder++) {
      const own = holders.shares(holder, i);
      assert(own >= 0 && holders.held(holder, i) >= 0 && holders.free(holder, i) >= 0, `shares ≥ held ≥ 0 ${of}`);
      shares += own;
    }
    if (!settling) assert(shares === market.supply, `outstanding shares of outcome ${i} equal the supply ${of}`);
  }
  if (!settling) assert(ammFewest === 0, `the maker holds no complete set ${of}`);
  const cover = new Float64Array(holders.count * market.outcomes);
  let orderCount = 0;
  for (let holder = 0; holder < holders.count; holder++) {
    const account = holders.accounts[holder] as number;
    let sets = Number.POSITIVE_INFINITY;
    for (let i = 0; i < market.outcomes; i++)
      sets = Math.min(sets, market.outcomes === 2 ? holders.shares(holder, i) : holders.free(holder, i));
    assert(sets === 0, `no complete set is left unmerged ${of}`);
    const { rows } = state.orders;
    for (
      let slot = holders.links[holders.openAt(holder)] as number;
      slot >= 0;
      slot = rows[slot * O.ROW + O.MINE_NEXT] as number
    ) {
      const row = slot * O.ROW;
      const terms = rows[row + O.TERMS] as number;
      const remaining = (rows[row + O.SIZE] as number) - (rows[row + O.FILLED] as number);
      const covered = rows[row + O.COVERED] as number;
      assert(remaining > 0 && covered >= 0 && covered <= remaining, `an open order has something left ${of}`);
      held[account] =
        (held[account] as number) + unitHold(terms & 1, rows[row + O.PRICE] as number) * (remaining - covered);
      open[account] = (open[account] as number) + 1;
      if (covered > 0) {
        const at = holder * market.outcomes + coverOutcome(market, terms & 1, terms >> 8);
        cover[at] = (cover[at] as number) + covered;
      }
      orderCount++;
    }
    for (let i = 0; i < market.outcomes; i++)
      assert(cover[holder * market.outcomes + i] === holders.held(holder, i), `held shares cover open orders ${of}`);
  }
  assert(orderCount === market.openOrders, `open orders are counted ${of}`);
  for (const book of market.books) {
    assert(book.bestBid === 0 || book.bestAsk === 0 || book.bestBid < book.bestAsk, `the book is not crossed ${of}`);
    for (let price = book.bestBid; price !== 0; price = book.nextBid(price))
      orderCount -= checkLevel(state, market, price, book.oldest(price), book.lotsAt(price));
    for (let price = book.bestAsk; price !== 0; price = book.nextAsk(price))
      orderCount -= checkLevel(state, market, price, book.oldest(price), book.lotsAt(price));
  }
  assert(orderCount === 0, `every open order rests in a book ${of}`);
}

function checkLevel(state: State, market: Market, price: number, oldest: number, lots: number): number {
  const { rows } = state.orders;
  let count = 0;
  let sum = 0;
  for (let slot = oldest; slot >= 0; slot = rows[slot * O.ROW + O.NEXT] as number) {
    assert(rows[slot * O.ROW + O.PRICE] === price, `an order rests at its price in market ${market.slug}`);
    sum += (rows[slot * O.ROW + O.SIZE] as number) - (rows[slot * O.ROW + O.FILLED] as number);
    count++;
  }
  assert(sum === lots, `a level’s total is that of its orders in market ${market.slug}`);
  return count;
}
