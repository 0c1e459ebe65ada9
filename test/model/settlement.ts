import { sweep } from './lifecycle.ts';
import { available } from './positions.ts';
import { type Done, HOUSE, type Holder, least, type Market, type State, sum, theAccount } from './state.ts';

/** Holders that one command settles at most. */
const HOLDERS_MOST = 2_000;

/** Pays the next holders of a market that is resolved or called off; orders that are left are canceled first. */
export function settleBatch(state: State, market: Market, wanted: number): Done {
  const ready = market.status === 'proposed' && state.time >= market.disputeUntil;
  if (market.status !== 'resolved' && market.status !== 'voided' && !ready)
    return { refused: { code: 'CONFLICT', field: 'market', value: market.disputeUntil } };
  const most = Math.min(HOLDERS_MOST, Math.max(1, wanted));
  if (ready) market.status = 'resolved';
  if (state.orders.some((order) => order.resting && order.market === market.index))
    return { count: sweep(state, market, most) };
  if (market.settlementDone) return { count: 0 };
  // A void passes twice: those who took money out give it back first, so that escrow is never short.
  const visits = market.status === 'voided' ? [...market.holders, ...market.holders] : market.holders;
  let count = 0;
  while (count < most && market.settled < visits.length) {
    const holder = visits[market.settled] as Holder;
    if (market.status === 'resolved') payOut(state, market, holder);
    else if (market.settled < market.holders.length) takeBack(state, market, holder);
    else refund(state, market, holder);
    market.settled++;
    count++;
  }
  if (market.settled === visits.length) closeAccounts(state, market);
  return { count };
}

const payoutOf = (market: Market, shares: bigint[]): bigint =>
  sum(shares.map((lots, outcome) => lots * (market.payouts?.[outcome] ?? 0n)));

function leave(state: State, market: Market, holder: Holder): void {
  holder.shares = holder.shares.map(() => 0n);
  const account = theAccount(state, holder.account);
  account.markets = account.markets.filter((index) => index !== market.index);
}

function payOut(state: State, market: Market, holder: Holder): void {
  const payout = payoutOf(market, holder.shares);
  leave(state, market, holder);
  market.escrow -= payout;
  theAccount(state, holder.account).balance += payout;
}

/** Whoever took out more than they paid gives it back as far as their cash goes; the house covers the rest. */
function takeBack(state: State, market: Market, holder: Holder): void {
  if (holder.paid >= 0n) return;
  const owed = -holder.paid;
  const taken = least(owed, available(state, holder.account));
  theAccount(state, holder.account).balance -= taken;
  theAccount(state, HOUSE).balance -= owed - taken;
  market.escrow += owed;
  holder.paid = 0n;
}

function refund(state: State, market: Market, holder: Holder): void {
  leave(state, market, holder);
  theAccount(state, holder.account).balance += holder.paid;
  market.escrow -= holder.paid;
  holder.paid = 0n;
}

/** What the maker holds goes back to the house, and nothing is left. */
function closeAccounts(state: State, market: Market): void {
  const maker = market.amm;
  theAccount(state, HOUSE).balance += market.escrow + (maker?.cash ?? 0n);
  const left = market.status === 'resolved' ? payoutOf(market, maker?.shares ?? []) : (maker?.funding ?? 0n);
  if (market.escrow !== left) throw new Error(`${market.escrow} are left in market ${market.index}, not ${left}`);
  market.escrow = 0n;
  if (maker !== undefined) {
    maker.cash = 0n;
    maker.shares = maker.shares.map(() => 0n);
  }
  market.settlementDone = true;
}
