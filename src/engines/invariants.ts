import { assert } from './growth.ts';
import { checkBooks } from './invariants/books.ts';
import { checkConnections } from './invariants/connections.ts';
import { checkMoney } from './invariants/money.ts';
import { checkOrders } from './invariants/orders.ts';
import { checkGroups } from './invariants/quotes.ts';
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
    balance += accounts.balance(account);
    held += accounts.held(account);
  }
  let escrow = 0;
  let amm = 0;
  for (const market of state.markets) {
    escrow += market.escrow;
    amm += market.ammCash;
  }
  const house = accounts.balance(HOUSE);
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
  let fees = 0;
  for (const market of state.markets) {
    checkMoney(market);
    const count = checkOrders(state, market, held, open);
    assert(
      checkBooks(state, market) === count,
      `every open order rests in a book or is collected in ${market.terms.slug}`,
    );
    fees += market.fees;
  }
  assert(fees === state.feeTotal, 'fees are those of the markets');
  for (let account = 0; account < accounts.end; account++) {
    const of = `of account ${account}`;
    assert(held[account] === accounts.held(account), `held is what the open orders require ${of}`);
    assert(open[account] === accounts.openOrders(account), `open orders are counted ${of}`);
    if (account === HOUSE) continue;
    assert(accounts.held(account) >= 0, `held ≥ 0 ${of}`);
    assert(accounts.available(account) >= 0, `available ≥ 0 ${of}`);
  }
  let live = 0;
  for (let slot = 0; slot < orders.high; slot++) if (orders.rows[slot * O.ROW + O.STATE] !== O.FREE) live++;
  assert(live === orders.live, 'order rows are counted');
  checkGroups(state);
  checkConnections(state);
}
