const PROTECTION = 'src/engines/quotes/protection.ts';
const SIDE = 'src/engines/quotes/quoteSide.ts';
const MASS_QUOTE = 'src/engines/quotes/massQuote.ts';
const GROUPS = 'src/engines/quotes/groups.ts';
const CONNECTION_ORDERS = 'src/engines/connections/orders.ts';
const quoting = ['test/engine/quotes'];
const connecting = ['test/engine/connections'];

/** Mass quotes, their protection, connections and dead-man's switches. @type {import('../mutate.mjs').Mutation[]} */
export const quotes = [
  {
    name: 'a protection is hit after its limit, not at it',
    file: GROUPS,
    find: 'filled >= this.sizeLimit',
    replace: 'filled > this.sizeLimit',
    tests: quoting,
  },
  {
    name: 'what is bought and what is sold both count up: the delta is unsigned',
    file: PROTECTION,
    find: '=== BUY ? lots : -lots',
    replace: '=== BUY ? lots : lots',
    tests: quoting,
  },
  {
    name: 'a short is never too much',
    file: GROUPS,
    find: '(delta < 0 ? -delta : delta) >= this.deltaLimit',
    replace: 'delta >= this.deltaLimit',
    tests: quoting,
  },
  {
    name: 'the quotes of a group that was hit still fill in the same plan',
    file: PROTECTION,
    find: 'return group.plannedRound === this.round && group.plannedTrip;',
    replace: 'return false;',
    tests: quoting,
  },
  {
    name: 'a plan forgets what the window has counted',
    file: PROTECTION,
    find: 'group.plannedFilled = counts ? group.filled : 0;',
    replace: 'group.plannedFilled = 0;',
    tests: quoting,
  },
  {
    name: 'the maker stops at the price of a quote that is passed over',
    file: 'src/engines/matching/route.ts',
    find: '    if (state.protection.tripsInPlan) passOver(state, market);\n',
    replace: '',
    tests: quoting,
  },
  {
    name: 'a window never ends',
    file: GROUPS,
    find: 'return this.windowStart >= 0 && time < this.windowStart + this.window;',
    replace: 'return this.windowStart >= 0;',
    tests: quoting,
  },
  {
    name: 'every fill begins the window anew',
    file: PROTECTION,
    find: '      group.endWindow();\n      group.windowStart = this.state.time;\n    }\n',
    replace: '      group.endWindow();\n    }\n    group.windowStart = this.state.time;\n',
    tests: quoting,
  },
  {
    name: 'a freeze never ends',
    file: GROUPS,
    find: 'return this.frozenUntil > time;',
    replace: 'return this.frozenUntil > 0;',
    tests: quoting,
  },
  {
    name: 'a freeze until it is reset ends at once',
    file: 'src/engines/quotes/withdraw.ts',
    find: 'group.frozen === 0 ? Number.POSITIVE_INFINITY : state.time + group.frozen',
    replace: 'state.time + group.frozen',
    tests: quoting,
  },
  {
    name: 'a new protection ends the freeze',
    file: 'src/engines/quotes/configureGroup.ts',
    find: '  group.deltaLimit = delta;\n',
    replace: '  group.deltaLimit = delta;\n  group.frozenUntil = 0;\n',
    tests: quoting,
  },
  {
    name: 'a frozen group may not even remove its quotes',
    file: MASS_QUOTE,
    find: 'if (!known.isFrozen(state.time) || onlyRemoves(i32, at + C.QUOTES_ITEMS, count)) return known;',
    replace: 'if (!known.isFrozen(state.time)) return known;',
    tests: quoting,
  },
  {
    name: 'auctions do not withdraw what they have hit',
    file: 'src/engines/lifecycle/auction.ts',
    find: '    withdrawTripped(state);\n',
    replace: '',
    tests: quoting,
  },
  {
    name: 'a quote loses its place when it becomes smaller',
    file: SIDE,
    find: 'if (price === oldPrice && lots < remaining) {',
    replace: 'if (price === oldPrice && lots < 0) {',
    tests: quoting,
  },
  {
    name: 'a side that is refused takes the old quote along',
    file: SIDE,
    find: "  if (planMove(state, COMMAND, account, market, slot, price, lots, 'size') < 0) return false;\n",
    replace:
      "  if (planMove(state, COMMAND, account, market, slot, price, lots, 'size') < 0) {\n" +
      '    cancelResting(state, market, slot, REASON.CANCELED);\n    return false;\n  }\n',
    tests: quoting,
  },
  {
    name: 'a size to rest is taken for a total: what was filled is not made up for',
    file: SIDE,
    find: 'move(state, market, slot, price, filled + lots, lots);',
    replace: 'move(state, market, slot, price, lots, lots);',
    tests: quoting,
  },
  {
    name: 'the bid always first: it meets the own ask',
    file: MASS_QUOTE,
    find: 'const askFirst = asks && bids && reachesAsk(state, bidPrice);',
    replace: 'const askFirst = false;',
    tests: quoting,
  },
  {
    name: 'a quote is canceled by its order id',
    file: 'src/engines/findOrder.ts',
    find: '  if (((state.orders.rows[row + O.TERMS] as number) & C.GROUP_BITS) !== 0) return -1;\n',
    replace: '',
    tests: quoting,
  },
  {
    name: 'a connection that is gone takes the orders of the others along',
    file: CONNECTION_ORDERS,
    find: 'if (connectionOfTerms(rows[slot * ROW + TERMS] as number) === number) ids.push(orders.id(slot));',
    replace: 'ids.push(orders.id(slot));',
    tests: connecting,
  },
  {
    name: 'orders carry on a number that is no longer armed',
    file: CONNECTION_ORDERS,
    find: 'if (connectionOfTerms(terms) === number) rows[slot * ROW + TERMS] = terms & ~CONNECTION_BITS;',
    replace: '',
    tests: connecting,
  },
  {
    name: 'a quote stays with the connection that stated it first',
    file: SIDE,
    find: '& ~C.CONNECTION_BITS) | (quoted.connection << C.CONNECTION_SHIFT);',
    replace: '| 0);',
    tests: connecting,
  },
  {
    name: 'the same request over another connection is another request',
    file: 'src/engines/place.ts',
    find: 'value & ~C.CONNECTION_BITS',
    replace: 'value',
    tests: connecting,
  },
  {
    name: 'a dead-man’s switch does not wait for its time',
    file: 'src/engines/connections/cancelAfter.ts',
    find: 'if (deadlines.next > state.time) break;',
    replace: 'if (deadlines.next === Number.POSITIVE_INFINITY) break;',
    tests: connecting,
  },
  {
    name: 'a dead-man’s switch is lifted before all orders are canceled',
    file: 'src/engines/connections/cancelAfter.ts',
    find: '    if (state.accounts.openOrders(account) > 0) break;\n',
    replace: '',
    tests: connecting,
  },
  {
    name: 'nobody wakes up for a dead-man’s switch',
    file: 'src/engines/engine.ts',
    find: 'return Math.min(expiries.next(orders), connections.deadlines.next);',
    replace: 'return expiries.next(orders);',
    tests: connecting,
  },
  {
    name: 'a snapshot forgets when the window began',
    file: 'src/engines/quotes/storedGroups.ts',
    find: '    group.windowStart = input.number();\n',
    replace: '    group.windowStart = input.number() < 0 ? -1 : state.time;\n',
    tests: quoting,
  },
];
