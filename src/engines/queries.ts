import { done, emitAnswer, refuse, refuseLimit } from './emit.ts';
import { findOrder, refField } from './findOrder.ts';
import { audit } from './invariants.ts';
import { readPayouts } from './lifecycle/resolve.ts';
import { type Market, OPEN, VOIDED } from './market.ts';
import * as O from './order-book/orders.ts';
import { bookOrdersJson, tooManyOrders } from './queries/bookOrders.ts';
import { quoteJson } from './queries/priceQuery.ts';
import { quotesJson } from './queries/quotes.ts';
import * as R from './records/buffer.ts';
import * as C from './records/commands.ts';
import { type Field, MIRRORED } from './records/events.ts';
import { hashBytes, writeSnapshot } from './snapshot.ts';
import type { State } from './state.ts';

/** Reads: an ANSWER with a JSON text of integers, then DONE. They change nothing and are not journaled. */
export function query(state: State, kind: number, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const market = i32[at + R.MARKET] as number;
  const no = (code: Parameters<typeof refuse>[4], field: Field) => refuse(state, kind, account, market, code, field);
  let answer: unknown;
  if (kind === C.COMMAND.QUERY_ACCOUNT) {
    if (!state.accounts.has(account)) return no('NOT_FOUND', '');
    answer = accountJson(state, account);
  } else if (kind === C.COMMAND.QUERY_QUOTES) {
    if (!state.accounts.has(account)) return no('NOT_FOUND', '');
    answer = quotesJson(state, account);
  } else if (kind === C.COMMAND.QUERY_ORDER) {
    const slot = findOrder(state, i32, f64, at);
    if (slot < 0) return no('UNKNOWN_ORDER', refField(f64, at));
    answer = { order: orderJson(state, slot) };
  } else if (kind === C.COMMAND.QUERY_AUDIT) {
    const markets = state.markets.length;
    answer = { ...audit(state), seq: state.seq, accounts: state.accounts.count, markets, orders: openOrders(state) };
  } else if (kind === C.COMMAND.QUERY_STATE) {
    answer = { seq: state.seq, digest: state.digest >>> 0, stateHash: hashBytes(writeSnapshot(state)) };
  } else {
    const of = state.markets[market];
    if (of === undefined) return no('UNKNOWN_MARKET', 'market');
    if (kind === C.COMMAND.QUERY_SETTLEMENT) answer = settlementJson(of, i32, at);
    else if (kind === C.COMMAND.QUERY_BOOK) {
      if (tooManyOrders(of)) return refuseLimit(state, kind, account, market, 'bookQueryOrders', 'market');
      answer = bookOrdersJson(state, of);
    } else {
      const outcome = i32[at + C.QUOTE_OUTCOME] as number;
      if (outcome < 0 || outcome >= of.outcomes) return no('UNKNOWN_OUTCOME', 'outcome');
      if (of.status !== OPEN || state.time >= of.closeTime) return no('MARKET_NOT_OPEN', 'market');
      answer = quoteJson(state, of, i32, f64, at);
    }
  }
  emitAnswer(state, account, market, JSON.stringify(answer));
  done(state, kind, account, market);
}

const openOrders = (state: State): number => state.markets.reduce((sum, market) => sum + market.openOrders, 0);

/** One order in book terms; `mirrored` says that its client speaks of the other outcome. */
export type OrderJson = ReturnType<typeof orderJson>;

function orderJson(state: State, slot: number) {
  const { rows, money, created } = state.orders;
  const row = slot * O.ROW;
  const m = slot * O.MONEY_ROW;
  const terms = rows[row + O.TERMS] as number;
  const ref = rows[row + O.CLIENT_REF] as number;
  let clientOrderId: string | null = null;
  if (ref !== 0) {
    const bytes = new Int32Array(C.CLIENT_ID_BYTES / 4);
    clientOrderId = C.readClientId(bytes, 0, state.clientIds.copyId(ref - 1, bytes, 0));
  }
  return {
    orderId: state.orders.id(slot),
    market: rows[row + O.MARKET] as number,
    outcome: C.outcomeOfTerms(terms),
    side: terms & 1,
    type: (terms >> 1) & 1,
    tif: (terms >> 2) & 7,
    postOnly: (terms & C.POST_ONLY) !== 0,
    reduceOnly: (terms & C.REDUCE_ONLY) !== 0,
    stp: C.stpOfTerms(terms),
    expiresAt: state.orders.expiresAt(slot),
    mirrored: (terms & MIRRORED) !== 0,
    price: rows[row + O.PRICE] as number,
    size: rows[row + O.SIZE] as number,
    filled: rows[row + O.FILLED] as number,
    status: (rows[row + O.STATE] as number) & 15,
    reason: (rows[row + O.STATE] as number) >> 4,
    filledMicros: money[m + O.FILLED_MICROS] as number,
    fees: money[m + O.FEES] as number,
    createdAt: created[slot * O.CREATED_ROW + O.CREATED_AT] as number,
    createdSeq: created[slot * O.CREATED_ROW + O.CREATED_SEQ] as number,
    seq: state.seq,
    clientOrderId,
  };
}

export type PositionJson = {
  market: number;
  outcome: number;
  shares: number;
  held: number;
  cost: number;
  realized: number;
};
/** Its quotes are among its orders only in {@link QuotesJson}. */
export type AccountJson = {
  seq: number;
  balance: number;
  held: number;
  positions: PositionJson[];
  orders: OrderJson[];
};

function accountJson(state: State, account: number): AccountJson {
  const positions: PositionJson[] = [];
  const orders: OrderJson[] = [];
  for (const index of state.accounts.markets[account] ?? []) {
    const { holders, outcomes } = state.markets[index] as Market;
    const holder = holders.find(account);
    for (let outcome = 0; outcome < outcomes; outcome++) {
      const shares = holders.shares(holder, outcome);
      if (shares === 0) continue;
      positions.push({
        market: index,
        outcome,
        shares,
        held: holders.held(holder, outcome),
        cost: holders.f64[holders.costAt(holder, outcome)] as number,
        realized: holders.f64[holders.realizedAt(holder, outcome)] as number,
      });
    }
    let slot = holders.i32[holders.openAt(holder)] as number;
    for (; slot >= 0; slot = state.orders.rows[slot * O.ROW + O.MINE_NEXT] as number)
      if (((state.orders.rows[slot * O.ROW + O.TERMS] as number) & C.GROUP_BITS) === 0)
        orders.push(orderJson(state, slot));
  }
  orders.sort((a, b) => a.createdSeq - b.createdSeq || a.orderId - b.orderId);
  const { accounts } = state;
  return { seq: state.seq, balance: accounts.balance(account), held: accounts.held(account), positions, orders };
}

export type SettlementJson = {
  status: number;
  /** What is reckoned with, in ticks: those asked about, else those proposed; null a refund. */
  payouts: number[] | null;
  holders: number;
  settled: number;
  /** Steps taken, of `steps`: a void visits each holder twice. */
  cursor: number;
  steps: number;
  done: boolean;
  paid: number;
  totalPayout: number;
  escrow: number;
  amm: number;
  house: number;
  owed: number;
  conserved: boolean;
  top: { account: number; payout: number }[];
};

/**
 * What settlement would pay, or has still to pay: by the payouts of the request, else by those proposed; a void refunds.
 * `conserved` proves that payouts and what returns to the house are exactly what the market holds.
 */
function settlementJson(market: Market, i32: Int32Array, at: number): SettlementJson {
  const { holders } = market;
  const payouts = readPayouts(market, i32, at) ?? market.payouts;
  const payments: { account: number; payout: number }[] = [];
  let total = 0;
  for (let holder = 0; holder < holders.count; holder++) {
    let payout = 0;
    if (payouts === null) payout = holders.f64[holders.paidAt(holder)] as number;
    else for (let i = 0; i < market.outcomes; i++) payout += holders.shares(holder, i) * (payouts[i] as number);
    if (payout === 0) continue;
    total += payout;
    payments.push({ account: holders.account(holder), payout });
  }
  payments.sort((a, b) => b.payout - a.payout || a.account - b.account);
  let house = market.settlementDone ? 0 : market.ammCash;
  if (payouts === null) house = market.settlementDone ? 0 : market.ammFunding;
  else for (let i = 0; i < market.outcomes; i++) house += (market.ammShares[i] as number) * (payouts[i] as number);
  return {
    status: market.status,
    payouts: payouts === null ? null : Array.from(payouts),
    holders: holders.count,
    settled: market.status === VOIDED ? Math.max(0, market.settled - holders.count) : market.settled,
    cursor: market.settled,
    steps: market.settlementSteps,
    done: market.settlementDone,
    paid: market.paid,
    totalPayout: total,
    escrow: market.escrow,
    amm: market.ammCash,
    house,
    owed: market.owed,
    conserved: total + house === market.escrow + market.ammCash,
    top: payments.slice(0, 100),
  };
}
