import { ENGINE } from './tests.mjs';

const PLACE = 'src/engines/place.ts';
const PLAN = 'src/engines/order-book/plan.ts';
const CHECKS = 'src/engines/matching/checks.ts';
const tests = ENGINE;

/** What an order may do and does. @type {import('../mutate.mjs').Mutation[]} */
export const orders = [
  {
    name: 'priority lost on a decrease',
    file: 'src/engines/amend.ts',
    find: 'price === oldPrice && left <= remaining',
    replace: 'price === oldPrice && left === remaining',
    tests,
  },
  {
    name: 'priority kept on an increase',
    file: 'src/engines/amend.ts',
    find: 'price === oldPrice && left <= remaining',
    replace: 'price === oldPrice',
    tests,
  },
  {
    name: 'the youngest order at a price is filled first',
    file: 'src/engines/order-book/book.ts',
    find: 'return (this.ladder.i32[this.levelAt(this.level(price)) + OLDEST] as number) - 1;',
    replace: 'return (this.ladder.i32[this.levelAt(this.level(price)) + YOUNGEST] as number) - 1;',
    tests,
  },
  {
    name: 'an order begins with the fees of the one before it in its row',
    file: 'src/engines/order-book/orders.ts',
    find: '    if (rows[row + FILLED] !== 0) {\n',
    replace: '    if (rows[row + FILLED] < 0) {\n',
    tests,
  },
  {
    name: 'an order at the very close time is taken: > where >= is meant',
    file: PLACE,
    find: 'const trading = market.status === OPEN && state.time < market.closeTime;',
    replace: 'const trading = market.status === OPEN && state.time <= market.closeTime;',
    tests,
  },
  {
    name: 'an order may expire at its very entry: < where <= is meant',
    file: PLACE,
    find: 'if (expiresAt !== 0 && expiresAt <= state.time)',
    replace: 'if (expiresAt !== 0 && expiresAt < state.time)',
    tests,
  },
  {
    name: 'an order is filled at its very expiry: < where <= is meant',
    file: PLAN,
    find: 'if (expiresAt !== 0 && expiresAt <= time) {',
    replace: 'if (expiresAt !== 0 && expiresAt < time) {',
    tests,
  },
  {
    name: 'an expired order is filled until the clock has canceled it',
    file: PLAN,
    find: 'if (expiresAt !== 0 && expiresAt <= time) {',
    replace: 'if (expiresAt < 0) {',
    tests,
  },
  {
    name: 'orders expire one millisecond late',
    file: 'src/engines/expire.ts',
    find: 'state.expiries.next(state.orders) <= state.time',
    replace: 'state.expiries.next(state.orders) < state.time',
    tests,
  },
  {
    name: 'self-trade prevention ignored on mirrored orders',
    file: PLAN,
    find: '  if (owner === holder) {\n    if (stp',
    replace: '  if (owner === holder && (terms & (1 << 6)) === 0) {\n    if (stp',
    tests,
  },
  {
    name: 'self-trade prevention by decrement takes nothing off the taker',
    file: PLAN,
    find: 'if (special === DECREMENT) left -= fill;',
    replace: '',
    tests,
  },
  {
    name: 'expire-maker stops the taker, too',
    file: PLAN,
    find: "if (stp === STP['expire-both']) plan.stop = OWN_ORDER;",
    replace: 'plan.stop = OWN_ORDER;',
    tests,
  },
  {
    name: 'a fill-or-kill order is partially filled',
    file: CHECKS,
    find: 'if (tif === TIF.FOK && (left > 0 || plan.prevented > 0)) return NOT_FILLED;',
    replace: 'if (tif === TIF.FOK && plan.lots === 0) return NOT_FILLED;',
    tests,
  },
  {
    name: 'a post-only order trades',
    file: CHECKS,
    find: 'if ((terms & POST_ONLY) !== 0 && plan.count > 0) return WOULD_TRADE;',
    replace: '',
    tests,
  },
  {
    name: 'a reduce-only order grows the position',
    file: PLACE,
    find: 'if ((terms & C.REDUCE_ONLY) !== 0 && lots > free)',
    replace: 'if ((terms & C.REDUCE_ONLY) !== 0 && free === 0)',
    tests,
  },
  {
    name: 'a reduce-only order keeps its size when the shares behind it are merged',
    file: 'src/engines/accounts/positions.ts',
    find: 'let left = shrinkReduceOnly(state, market, holder, outcome, lots);',
    replace: 'let left = lots;',
    tests,
  },
  {
    name: 'a reduce-only order goes on when an own order’s end has merged its shares',
    file: 'src/engines/matching/route.ts',
    find: 'if (own && taker.reduceOnly && market.outcomes > 2) plan.stop = P.AGAIN;',
    replace: 'if (own && taker.reduceOnly && market.outcomes > 256) plan.stop = P.AGAIN;',
    tests: ['test/model/regressions.test.ts'],
  },
  {
    name: 'an immediate-or-cancel order rests',
    file: 'src/engines/settleOrder.ts',
    find: 'else if (tif === C.TIF.GTC || tif === C.TIF.GTD) {',
    replace: 'else if (tif !== C.TIF.FOK) {',
    tests,
  },
  {
    name: 'a price of the second outcome is mirrored one tick off',
    file: 'src/engines/matching/commonChecks.ts',
    find: 'return mirrored ? 10_000 - stated : stated;',
    replace: 'return mirrored ? 9_999 - stated : stated;',
    tests,
  },
  {
    name: 'a repeated client id is executed again',
    file: PLACE,
    find: '    if (entry >= 0) {\n',
    replace: '    if (entry >= 0 && state.clientIds.request(entry) !== request) {\n',
    tests,
  },
  {
    name: 'another request under a known client id is answered as a repeat',
    file: PLACE,
    find: 'if (state.clientIds.request(entry) !== request)',
    replace: 'if (state.clientIds.request(entry) === 0)',
    tests,
  },
  {
    name: 'a client id is forgotten while its order is open',
    file: PLACE,
    find: '    if (entry >= 0) {\n',
    replace:
      '    if (entry >= 0 && state.orders.rows[state.clientIds.slot(entry) * O.ROW + O.STATE] !== STATUS.OPEN) {\n',
    tests,
  },
  {
    name: 'a batch goes on after a failure where it should stop',
    file: 'src/engines/batch.ts',
    find: 'if (stops && succeeded < index)',
    replace: 'if (stops && succeeded < 0)',
    tests,
  },
];
