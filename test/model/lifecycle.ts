import { LIMITS } from '../../src/engines/limits.ts';
import { uncross } from './auction.ts';
import { cancelAll } from './book.ts';
import { sweepThroughBooks } from './bookSweep.ts';
import type { ConfigureCommand, CreateCommand, ModelCommand } from './commands.ts';
import { pricedWithin, priorQuantities, scaledQuantities, topUpCost, worstLoss } from './lmsr.ts';
import { openOrdersOf } from './positions.ts';
import { type Done, HOUSE, type Maker, type Market, refuse, type State, theAccount } from './state.ts';

export function createMarket(state: State, command: CreateCommand): Done {
  const { slug, type, outcomes, tickSize, closeTime, b, takerFee, makerFee, bandMin, bandMax, prior } = command;
  if (outcomes < 2 || outcomes > 64) return refuse('INVALID_REQUEST', 'outcome');
  if (tickSize < 1 || tickSize > 5_000 || 10_000 % tickSize !== 0) return refuse('INVALID_REQUEST', 'tickSize');
  if (closeTime <= state.time) return refuse('INVALID_REQUEST', 'closeTime');
  if (type === 'book' ? b !== 0 : b < 1 || b > LIMITS.orderLots) return refuse('INVALID_REQUEST', 'liquidity');
  if (takerFee < 0 || takerFee > 1_000 || makerFee < -takerFee || makerFee > 1_000)
    return refuse('INVALID_REQUEST', 'fees');

  const zeroes = (): bigint[] => Array.from({ length: outcomes }, () => 0n);
  const q = prior === '' ? zeroes() : priorQuantities(prior.split(','), BigInt(b));
  if (q === undefined || q.length !== outcomes) return refuse('INVALID_REQUEST', 'prior');
  const [low, high] = [BigInt(bandMin === 0 ? 1_000 : bandMin), BigInt(bandMax === 0 ? 999_000 : bandMax)];
  const outside = (_: bigint, j: number): boolean => !pricedWithin({ b: BigInt(b), q }, j, low, high);
  if (type !== 'book' && q.some(outside)) return refuse('INVALID_REQUEST', 'bands');
  if (state.markets.some((market) => market.slug === slug)) return refuse('CONFLICT', 'id');
  const amm: Maker | undefined =
    type === 'book' ? undefined : { b: BigInt(b), q, shares: zeroes(), cash: 0n, funding: 0n };
  if (amm !== undefined) {
    amm.cash = amm.funding = worstLoss(amm);
    theAccount(state, HOUSE).balance -= amm.funding;
  }
  state.markets.push({
    ...{ index: state.markets.length, slug, type, outcomes, tickSize: BigInt(tickSize), closeTime },
    ...{ disputeWindow: command.disputeWindow, disputeUntil: 0, status: 'open', auction: false },
    ...{ bookOn: type === 'book', threshold: BigInt(command.threshold) },
    ...{ takerFee: BigInt(takerFee), makerFee: BigInt(makerFee), feeBase: command.feeBase },
    ...{ bandMin: low, bandMax: high },
    ...{ collar: BigInt(command.collar), orderLots: BigInt(command.orderLots) },
    ...{ positionLots: BigInt(command.positionLots), last: zeroes().map(() => undefined), volume: 0n },
    ...{ escrow: 0n, fees: 0n, amm, holders: [], payouts: undefined, settled: 0, settlementDone: false },
  });
  return {};
}

export function configure(market: Market, command: ConfigureCommand): Done {
  if (market.status !== 'open' && market.status !== 'halted') return refuse('CONFLICT', 'market');
  if (command.book === true && market.type !== 'hybrid') return refuse('INVALID_REQUEST', 'type');
  if (command.collar !== undefined) market.collar = BigInt(command.collar);
  if (command.orderLots !== undefined) market.orderLots = BigInt(command.orderLots);
  if (command.positionLots !== undefined) market.positionLots = BigInt(command.positionLots);
  if (command.book === true) market.bookOn = true;
  return {};
}

/** More liquidity at the same prices, for the house's money. */
export function topUp(state: State, market: Market, b: bigint): Done {
  const maker = market.amm;
  if (maker === undefined) return refuse('INVALID_REQUEST', 'type');
  if (market.status !== 'open' && market.status !== 'halted') return refuse('CONFLICT', 'market');
  if (b <= maker.b || b > BigInt(LIMITS.orderLots)) return refuse('INVALID_REQUEST', 'liquidity');
  const funding = topUpCost(maker, b);
  maker.q = scaledQuantities(maker, b);
  maker.b = b;
  maker.cash += funding;
  maker.funding += funding;
  theAccount(state, HOUSE).balance -= funding;
  sweepThroughBooks(state, market);
  return {};
}

type Step = Extract<
  ModelCommand,
  { kind: 'HALT' | 'RESUME' | 'SET_CLOSE_TIME' | 'CLOSE' | 'SWEEP_ORDERS' | 'RESOLVE' | 'DISPUTE' | 'VOID' }
>;

export function step(state: State, market: Market, command: Step): Done {
  const conflict = refuse('CONFLICT', 'market');
  const { status } = market;
  const trading = status === 'open' || status === 'halted';
  switch (command.kind) {
    case 'HALT':
      if (status !== 'open') return conflict;
      if (command.auction && (market.type !== 'book' || market.outcomes !== 2)) return conflict;
      market.status = 'halted';
      market.auction = command.auction;
      return {};
    case 'RESUME':
      if (status !== 'halted' || state.time >= market.closeTime) return conflict;
      if (market.auction) uncross(state, market);
      market.status = 'open';
      market.auction = false;
      sweepThroughBooks(state, market);
      return {};
    case 'SET_CLOSE_TIME':
      if (!trading) return conflict;
      if (command.closeTime <= state.time) return refuse('INVALID_REQUEST', 'closeTime');
      market.closeTime = command.closeTime;
      return {};
    case 'CLOSE':
      if (!trading) return conflict;
      market.status = 'closed';
      market.auction = false;
      market.closeTime = Math.min(market.closeTime, state.time);
      return { count: sweep(state, market, LIMITS.cancelsPerCommand) };
    case 'SWEEP_ORDERS':
      if (trading) return conflict;
      return { count: sweep(state, market, Math.max(1, command.most)) };
    case 'RESOLVE': {
      const payouts = command.payouts.map(BigInt);
      const whole = payouts.reduce((a, b) => a + b, 0n) === 10_000n;
      if (payouts.length !== market.outcomes || !whole || payouts.some((ticks) => ticks < 0n))
        return refuse('INVALID_REQUEST', 'payouts');
      if (status !== 'closed' && status !== 'disputed') return conflict;
      market.status = 'proposed';
      market.payouts = payouts;
      market.disputeUntil = state.time + market.disputeWindow;
      return {};
    }
    case 'DISPUTE':
      if (status !== 'proposed' || state.time >= market.disputeUntil) return conflict;
      market.status = 'disputed';
      return {};
    case 'VOID':
      if (status === 'resolved' || status === 'voided') return conflict;
      market.status = 'voided';
      market.auction = false;
      market.payouts = undefined;
      // Everything that was paid in is refunded, fees, too.
      market.escrow += (market.amm?.cash ?? 0n) + market.fees;
      if (market.amm !== undefined) market.amm.cash = 0n;
      state.feeTotal -= market.fees;
      market.fees = 0n;
      return { count: sweep(state, market, LIMITS.cancelsPerCommand) };
  }
}

/** Cancels resting orders, holder by holder, the youngest first. */
export function sweep(state: State, market: Market, most: number): number {
  const orders = market.holders.flatMap((holder) =>
    openOrdersOf(state, holder.account, market).sort((a, b) => b.turn - a.turn),
  );
  return cancelAll(state, orders, market.status === 'voided' ? 'MARKET_VOIDED' : 'MARKET_CLOSED', most);
}
