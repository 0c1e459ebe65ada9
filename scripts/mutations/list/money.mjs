import { ENGINE } from './tests.mjs';

const POSITIONS = 'src/engines/accounts/positions.ts';
const FEES = 'src/engines/accounts/fees.ts';
const ROUTE = 'src/engines/matching/route.ts';
const tests = ENGINE;

/** Cash, shares, fees, and where they go in a trade. @type {import('../mutate.mjs').Mutation[]} */
export const money = [
  {
    name: 'minted without escrow',
    file: POSITIONS,
    find: 'market.escrow += 10_000 * minted;',
    replace: '',
    tests,
  },
  {
    name: 'a merge pays a micro less a lot than a set is worth',
    file: POSITIONS,
    find: 'pay(state, market, holder, 10_000 * sets);',
    replace: 'pay(state, market, holder, 9_999 * sets);',
    tests,
  },
  {
    name: 'shares that cover orders are merged away in markets of more than two outcomes',
    file: POSITIONS,
    find: 'let loose = holders.free(holder, j);',
    replace: 'let loose = holders.shares(holder, j);',
    tests,
  },
  {
    name: 'what an order holds is not released when it is canceled',
    file: 'src/engines/order-book/resting.ts',
    find: '  unhold(state, market, slot, remaining, true);\n  if (market.collected',
    replace: '  if (market.collected',
    tests,
  },
  {
    name: 'an order that merged shares covered needs no cash instead',
    file: POSITIONS,
    find: 'unitHold((rows[row + TERMS] as number) & 1, rows[row + PRICE] as number) * taken,',
    replace: '0,',
    tests,
  },
  {
    name: 'money is not checked when the whole order is not covered by shares',
    file: 'src/engines/matching/checks.ts',
    find: 'Math.max(0, lots - free) + feeBound',
    replace: '(free > 0 ? 0 : lots) + feeBound',
    tests,
  },
  {
    name: 'fees are rounded down',
    file: FEES,
    find: 'const due = sum.rest > slack ? sum.whole + 1 : sum.whole;',
    replace: 'const due = sum.whole;',
    tests,
  },
  {
    name: 'the fee of every fill is rounded up, not that of the order',
    file: FEES,
    find: 'money[at + FEE_SLACK] = (due - sum.whole) * SCALE + slack - sum.rest;',
    replace: 'money[at + FEE_SLACK] = 0;',
    tests,
  },
  {
    name: 'the maker’s fee is not held',
    file: FEES,
    find: 'if (market.makerFee <= 0) return 0;',
    replace: 'if (market.makerFee !== 0) return 0;',
    tests,
  },
  {
    name: 'a variance fee is taken of p(1 − p)²',
    file: FEES,
    find: 'price * (10_000 - price) * rate;',
    replace: 'price * (10_000 - price) * ((10_000 - price) / 10_000) * rate;',
    tests,
  },
  {
    name: 'a cost cap leaves out the fees',
    file: 'src/engines/matching/affordable.ts',
    find: 'const fits = taker.spent + lots * each + sum.micros <= taker.budget;',
    replace: 'const fits = taker.spent + lots * each <= taker.budget;',
    tests,
  },
  {
    name: 'a tie between book and maker goes to the maker of a hybrid',
    file: ROUTE,
    find: 'left -= makerStep(state, market, best === NONE ? limit : best, left);',
    replace: 'left -= makerStep(state, market, limit, left);',
    tests,
  },
  {
    name: 'a tie between book and set goes to the set',
    file: ROUTE,
    find: 'left = best === direct && hasDirect ?',
    replace: 'left = best === direct && hasDirect && !(hasSet && set === direct) ?',
    tests,
  },
  {
    name: 'the surplus of a set crossing goes to the resting orders',
    file: ROUTE,
    find: 'plan.add(P.LEG_STEP, slots[j] as number, lots, prices[j] as number);',
    replace: 'plan.add(P.LEG_STEP, slots[j] as number, lots, (prices[j] as number) - (taker.side === BUY ? 1 : -1));',
    tests,
  },
  {
    name: 'the maker keeps selling outside its band',
    file: 'src/engines/matching/makerStep.ts',
    find: 'Math.min(price * 100, bandMax) : Math.max(price * 100, bandMin);',
    replace: 'price * 100 : price * 100;',
    tests,
  },
  {
    name: 'an order that the maker’s price has passed is not filled',
    file: 'src/engines/matching/makerCrossing.ts',
    find: 'found = fillOne(state, market, j, SELL) || fillOne(state, market, j, BUY);',
    replace: 'found = fillOne(state, market, j, SELL);',
    tests,
  },
  {
    name: 'the last price of the second outcome is not the complement of the first’s',
    file: 'src/engines/matching/execute.ts',
    find: 'if (market.mirrors) market.last[1 - outcome] = 1_000_000 - millionths;',
    replace: '',
    tests,
  },
];
