import { LIMITS } from '../../src/engines/limits.ts';
import * as E from '../../src/engines/records/events.ts';
import { ammLots, ammMicros, ammTrade } from './amm.ts';
import { better, queueFor, setLegs, setPrice, within } from './book.ts';
import { affordable } from './budget.ts';
import { ammFeeOf, charge, feeOf } from './fees.ts';
import { fillMaker, mirrors, report, setLast } from './fills.ts';
import { deliver, receive } from './positions.ts';
import { withdrawTripped } from './protection.ts';
import { putAside } from './selfTrade.ts';
import { DOLLAR, least, type Market, type Order, opposite, remaining, type State, sum, theMarket } from './state.ts';
import { meet, settle, type Taking } from './taking.ts';

/** Trades an incoming order step by step with whatever is best, until nothing is left of it or nothing more is in reach. */
export function take(state: State, order: Order, limit: bigint, budget?: bigint): Taking {
  const taking: Taking = {
    order,
    limit,
    left: remaining(order),
    budget,
    micros: 0n,
    fees: 0n,
    filled: 0n,
    steps: 0,
    stop: undefined,
    touched: [],
    uncertain: false,
  };
  while (taking.left > 0n && taking.stop === undefined) {
    if (taking.steps >= LIMITS.fillsPerCommand) taking.stop = 'FILLS_LIMIT';
    else if (!step(state, taking)) break;
    taking.steps++;
  }
  withdrawTripped(state);
  return taking;
}

/** One step; false when nothing is within the limit. */
function step(state: State, taking: Taking): boolean {
  const { order, limit } = taking;
  const { side, outcome } = order;
  const market = theMarket(state, order);
  const direct = queueFor(state, market, outcome, side)[0];
  const legs = setLegs(state, market, outcome, side);
  const directPrice = direct !== undefined && within(side, limit, direct.price) ? direct.price : undefined;
  const setsPrice = legs !== undefined && within(side, limit, setPrice(legs)) ? setPrice(legs) : undefined;
  const sets = setsPrice !== undefined && (directPrice === undefined || better(side, setsPrice, directPrice));
  const best = sets ? setsPrice : directPrice;
  if (ammStep(state, market, taking, best ?? limit)) return true;
  if (best === undefined) return false;
  if (sets) setStep(state, market, taking, legs as Order[]);
  else directStep(state, market, taking, direct as Order);
  return true;
}

function ammStep(state: State, market: Market, taking: Taking, bound: bigint): boolean {
  const { order } = taking;
  const { side, outcome, account } = order;
  const micros = (lots: bigint): bigint => ammMicros(market, side, outcome, lots);
  const fee = (lots: bigint): bigint => ammFeeOf(market, market.takerFee, lots, micros(lots));
  const offered = ammLots(market, side, outcome, bound, taking.left);
  if (offered === 0n) return false;
  const lots = affordable(taking, offered, micros, fee);
  if (lots === 0n) {
    taking.stop = 'MAX_COST';
    return true;
  }
  const money = micros(lots);
  const exact = fee(lots);
  if (side === 'buy') receive(state, market, account, outcome, lots, money);
  else deliver(state, market, account, outcome, lots, money);
  ammTrade(market, side, outcome, lots, money);
  const takerFee = charge(state, market, order, exact);
  settle(taking, lots, money, takerFee);
  market.volume += money;
  // Millionths per share, halves up.
  setLast(market, outcome, (money * 200n + lots) / (lots * 2n));
  report(state, market, {
    ...{ outcome, side, lots, price: 0n, micros: money, taker: account, maker: E.AMM, venue: 'amm' },
    ...{ takerOrder: order.id, makerOrder: 0, takerFee, makerFee: 0n, flags: mirrors(order, undefined) },
  });
  return true;
}

function directStep(state: State, market: Market, taking: Taking, maker: Order): void {
  const { order } = taking;
  if (meet(state, taking, maker)) return;
  if (putAside(state, taking, maker)) return;
  const { price } = maker;
  const wanted = least(taking.left, remaining(maker));
  const fee = (lots: bigint): bigint => feeOf(market, market.takerFee, lots, price);
  const lots = affordable(taking, wanted, (part) => price * part, fee);
  if (lots === 0n) {
    taking.stop = 'MAX_COST';
    return;
  }
  taking.touched.push(maker.account);
  const makerFee = fillMaker(state, market, maker, lots, market.makerFee);
  const micros = price * lots;
  if (order.side === 'buy') receive(state, market, order.account, order.outcome, lots, micros);
  else deliver(state, market, order.account, order.outcome, lots, micros);
  const takerFee = charge(state, market, order, fee(lots));
  settle(taking, lots, micros, takerFee);
  market.volume += micros;
  setLast(market, order.outcome, price * 100n);
  report(state, market, {
    ...{ outcome: order.outcome, side: order.side, lots, price, micros, taker: order.account, maker: maker.account },
    ...{ venue: 'book', takerOrder: order.id, makerOrder: maker.id, takerFee, makerFee },
    flags: mirrors(order, maker),
  });
}

/** A complete set is minted for a buyer, or merged for a seller: the others go to, or come from, the heads of their books. */
function setStep(state: State, market: Market, taking: Taking, legs: Order[]): void {
  const { order } = taking;
  for (const leg of legs) {
    if (meet(state, taking, leg)) return;
    if (putAside(state, taking, leg)) return;
  }
  const wanted = least(taking.left, ...legs.map(remaining));
  const price = setPrice(legs);
  const feeOfLeg = (leg: Order, lots: bigint): bigint => feeOf(market, market.takerFee, lots, leg.price);
  const lots = affordable(
    taking,
    wanted,
    (part) => price * part,
    (part) => sum(legs.map((leg) => feeOfLeg(leg, part))),
  );
  if (lots === 0n) {
    taking.stop = 'MAX_COST';
    return;
  }
  const buys = order.side === 'buy';
  market.escrow += buys ? DOLLAR * lots : -DOLLAR * lots;
  let fees = 0n;
  for (const leg of legs) {
    taking.touched.push(leg.account);
    const makerFee = fillMaker(state, market, leg, lots, market.makerFee);
    const takerFee = charge(state, market, order, feeOfLeg(leg, lots));
    fees += takerFee;
    const micros = leg.price * lots;
    market.volume += micros;
    setLast(market, leg.outcome, leg.price * 100n);
    report(state, market, {
      ...{ outcome: leg.outcome, side: opposite(leg.side), lots, price: leg.price, micros, taker: order.account },
      ...{ maker: leg.account, venue: 'book', takerOrder: order.id, makerOrder: leg.id, takerFee: 0n, makerFee },
      flags: E.LEG | mirrors(undefined, leg),
    });
  }
  const micros = price * lots;
  if (buys) receive(state, market, order.account, order.outcome, lots, micros);
  else deliver(state, market, order.account, order.outcome, lots, micros);
  settle(taking, lots, micros, fees);
  report(state, market, {
    ...{ outcome: order.outcome, side: order.side, lots, price, micros, taker: order.account, maker: E.SETS },
    ...{ venue: 'book', takerOrder: order.id, makerOrder: 0, takerFee: fees, makerFee: 0n },
    flags: E.SET_FILL | mirrors(order, undefined),
  });
}
