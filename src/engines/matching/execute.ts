import { chargeAmm, chargeFill } from '../accounts/fees.ts';
import { deliver, payFee, receive } from '../accounts/positions.ts';
import { emitAmm, emitLevel, emitSelfTrade, emitTrade } from '../emit.ts';
import { assert } from '../growth.ts';
import { makerGives, makerTakes } from '../lmsr/maker.ts';
import type { Market } from '../market.ts';
import * as OrderLayout from '../order-book/orderRow.ts';
import * as PlanSteps from '../order-book/steps.ts';
import * as Reasons from '../reasons.ts';
import * as CommandLayout from '../records/commands.ts';
import { outcomeOfTerms } from '../records/commands.ts';
import * as EventLayout from '../records/events.ts';
import type { State } from '../state.ts';
import { addFilled, cancelMaker, decrementMaker, fillResting } from './makers.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { HOLDER, ROW_SHIFT, SLOTS, SIZE, TERMS } = OrderLayout;
const P = { ...PlanSteps };
const { REASON } = Reasons;
const { BUY, MIRRORED } = CommandLayout;
const { AMM, LEG, MAKER_MIRRORED, SET_FILL, SETS, TAKER_MIRRORED } = EventLayout;

/**
 * Carries `state.plan` out for the order in `slot`: every step moves shares and cash of both sides and reports them. The
 * plan was made from this very state, so nothing is decided here and nothing can fail.
 */
export function execute(state: State, market: Market, outcome: number, side: number, slot: number): void {
  const { plan } = state;
  let level = 0;
  for (let step = 0; step < plan.count; step++) {
    const kind = plan.kind(step);
    const price = kind === P.AMM_STEP || kind === P.SET ? 0 : plan.price(step);
    const prevents = kind === P.CANCEL_OWN || kind === P.EXPIRE || kind === P.DECREMENT;
    if (level !== 0 && (prevents || level !== price)) emitLevel(state, market, outcome, 1 - side, level);
    // Who ends or shrinks a resting order reports its level, which may be of another book.
    level = prevents ? 0 : price;
    if (kind === P.FILL) fillStep(state, market, outcome, side, slot, step);
    else if (kind === P.AMM_STEP) ammStep(state, market, outcome, side, slot, step);
    else if (kind === P.SET) {
      step = setStep(state, market, outcome, side, slot, step);
      level = 0;
    } else preventStep(state, market, slot, step);
  }
  if (level !== 0) emitLevel(state, market, outcome, 1 - side, level);
}

function fillStep(state: State, market: Market, outcome: number, side: number, slot: number, step: number): void {
  const { plan, orders } = state;
  const { rows } = orders;
  const maker = plan.slot(step);
  const lots = plan.lotsOf(step);
  const price = plan.price(step);
  const micros = lots * price;
  const holder = rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number;
  const makerHolder = rows[((maker & SLOTS) << ROW_SHIFT) + HOLDER] as number;
  const flags =
    ((rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & MIRRORED ? TAKER_MIRRORED : 0) |
    ((rows[((maker & SLOTS) << ROW_SHIFT) + TERMS] as number) & MIRRORED ? MAKER_MIRRORED : 0);
  const makerFee = fillResting(state, market, maker, lots, price, market.makerFee);
  if (side === BUY) receive(state, market, holder, outcome, lots, micros);
  else deliver(state, market, holder, outcome, lots, micros);
  addFilled(state, slot, lots, micros);
  const fee = chargeFill(state, market, slot, market.takerFee, lots, price);
  payFee(state, market, holder, fee);
  const { holders } = market;
  emitTrade(
    state,
    market,
    holders.account(holder),
    holders.account(makerHolder),
    outcome,
    side,
    lots,
    price,
    micros,
    slot,
    maker,
    fee,
    makerFee,
    flags,
  );
  market.volume += micros;
  setLast(market, outcome, price * 100);
}

function ammStep(state: State, market: Market, outcome: number, side: number, slot: number, step: number): void {
  const { plan, orders } = state;
  const lots = plan.lotsOf(step);
  const micros = plan.microsOf(step);
  const holder = orders.rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number;
  if (side === BUY) {
    makerGives(market, outcome, lots, micros);
    receive(state, market, holder, outcome, lots, micros);
  } else {
    makerTakes(market, outcome, lots, micros);
    deliver(state, market, holder, outcome, lots, micros);
  }
  assert(market.ammCash >= 0, 'the maker can pay');
  addFilled(state, slot, lots, micros);
  const fee = chargeAmm(state, market, slot, market.takerFee, lots, micros);
  payFee(state, market, holder, fee);
  const account = market.holders.account(holder);
  const flags = (orders.rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & MIRRORED ? TAKER_MIRRORED : 0;
  emitTrade(state, market, account, AMM, outcome, side, lots, 0, micros, slot, -1, fee, 0, flags);
  market.volume += micros;
  setLast(market, outcome, Math.round((micros * 100) / lots));
  emitAmm(state, market);
}

/**
 * Buys an outcome by minting sets and giving the others to the legs' resting orders, or sells it by completing sets with
 * what the legs give. The taker pays or gets what the legs leave of $1. Returns the last leg's step.
 */
function setStep(state: State, market: Market, outcome: number, side: number, slot: number, step: number): number {
  const { plan, orders } = state;
  const { rows } = orders;
  const lots = plan.lotsOf(step);
  const price = plan.price(step);
  const micros = lots * price;
  const holder = rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number;
  const account = market.holders.account(holder);
  const legs = market.outcomes - 1;
  const sets = side === BUY ? lots : -lots;
  market.supply += sets;
  market.escrow += 10_000 * sets;
  let fees = 0;
  for (let leg = step + 1; leg <= step + legs; leg++) {
    const maker = plan.slot(leg);
    const legOutcome = outcomeOfTerms(rows[((maker & SLOTS) << ROW_SHIFT) + TERMS] as number);
    fees += legStep(state, market, legOutcome, 1 - side, slot, maker, lots, plan.price(leg));
  }
  if (side === BUY) receive(state, market, holder, outcome, lots, micros);
  else deliver(state, market, holder, outcome, lots, micros);
  addFilled(state, slot, lots, micros);
  const flags = SET_FILL | ((rows[((slot & SLOTS) << ROW_SHIFT) + TERMS] as number) & MIRRORED ? TAKER_MIRRORED : 0);
  emitTrade(state, market, account, SETS, outcome, side, lots, price, micros, slot, -1, fees, 0, flags);
  return step + legs;
}

/** The taker's fee of a leg. */
function legStep(
  state: State,
  market: Market,
  outcome: number,
  side: number,
  slot: number,
  maker: number,
  lots: number,
  price: number,
): number {
  const { orders } = state;
  const { holders } = market;
  const micros = lots * price;
  const holder = orders.rows[((slot & SLOTS) << ROW_SHIFT) + HOLDER] as number;
  const makerAccount = holders.account(orders.rows[((maker & SLOTS) << ROW_SHIFT) + HOLDER] as number);
  const flags = LEG | ((orders.rows[((maker & SLOTS) << ROW_SHIFT) + TERMS] as number) & MIRRORED ? MAKER_MIRRORED : 0);
  const makerFee = fillResting(state, market, maker, lots, price, market.makerFee);
  const fee = chargeFill(state, market, slot, market.takerFee, lots, price);
  payFee(state, market, holder, fee);
  const taker = holders.account(holder);
  emitTrade(state, market, taker, makerAccount, outcome, side, lots, price, micros, slot, maker, 0, makerFee, flags);
  emitLevel(state, market, outcome, 1 - side, price);
  market.volume += micros;
  setLast(market, outcome, price * 100);
  return fee;
}

/** Expired and own orders in the way. */
function preventStep(state: State, market: Market, slot: number, step: number): void {
  const { plan } = state;
  const maker = plan.slot(step);
  const lots = plan.lotsOf(step);
  if (plan.kind(step) === P.EXPIRE) return cancelMaker(state, market, maker, REASON.EXPIRED);
  if (maker < 0) return emitSelfTrade(state, market, slot, -1 - maker, lots);
  emitSelfTrade(state, market, slot, maker, lots);
  if (plan.kind(step) === P.CANCEL_OWN) return cancelMaker(state, market, maker, REASON.SELF_TRADE);
  decrementMaker(state, market, maker, lots);
  const size = ((slot & SLOTS) << ROW_SHIFT) + SIZE;
  state.orders.rows[size] = (state.orders.rows[size] as number) - lots;
}

/** Records a trade price in millionths; two outcomes of one book are each other's complement. */
export function setLast(market: Market, outcome: number, millionths: number): void {
  market.last[outcome] = millionths;
  if (market.mirrors) market.last[1 - outcome] = 1_000_000 - millionths;
}
