import { assert } from '../growth.ts';
import { type Market, RESOLVED, VOIDED } from '../market.ts';

/** The shares of a market and the money behind them: sets, escrow, the maker’s funds, what everybody has paid in. */
export function checkMoney(market: Market): void {
  const { holders, outcomes } = market;
  const of = `in market ${market.terms.slug}`;
  assert(market.ammCash >= 0, `the maker can pay ${of}`);
  const settling = market.status === RESOLVED || market.status === VOIDED;
  if (!settling) {
    assert(market.escrow === market.supply * 10_000, `escrow is the supply ${of}`);
    assert(Math.min(...market.ammShares) === 0, `the maker holds no complete set ${of}`);
  }
  for (let i = 0; i < outcomes; i++) {
    let shares = market.ammShares[i] as number;
    for (let holder = 0; holder < holders.count; holder++) {
      const own = holders.shares(holder, i);
      assert(own >= 0 && holders.held(holder, i) >= 0 && holders.free(holder, i) >= 0, `shares ≥ held ≥ 0 ${of}`);
      shares += own;
    }
    if (!settling) assert(shares === market.supply, `outstanding shares of outcome ${i} equal the supply ${of}`);
  }
  if (market.status === RESOLVED || (market.status === VOIDED && market.settled > holders.count)) checkPaid(market);
  let paid = 0;
  for (let holder = 0; holder < holders.count; holder++) {
    paid += holders.f64[holders.paidAt(holder)] as number;
    let sets = Number.POSITIVE_INFINITY;
    for (let i = 0; i < outcomes; i++)
      sets = Math.min(sets, outcomes === 2 ? holders.shares(holder, i) : holders.free(holder, i));
    assert(sets === 0, `no complete set is left unmerged ${of}`);
  }
  const has = market.escrow + market.ammCash - market.ammFunding + market.fees;
  if (!market.settlementDone) assert(paid === has, `what holders paid in is what the market has ${of}`);
}

/** Holders that settlement has dealt with have nothing left; a void passes over them twice. */
function checkPaid(market: Market): void {
  const { holders } = market;
  const dealtWith = market.status === RESOLVED ? market.settled : market.settled - holders.count;
  const of = `in market ${market.terms.slug}`;
  for (let holder = 0; holder < dealtWith; holder++)
    for (let i = 0; i < market.outcomes; i++)
      assert(holders.shares(holder, i) === 0, `who was paid holds no shares ${of}`);
}
