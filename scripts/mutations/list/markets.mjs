import { AUCTION, ENGINE } from './tests.mjs';

const SETTLE = 'src/engines/lifecycle/settle.ts';
const AUCTION_PRICE = 'src/engines/lifecycle/auctionPrice.ts';
const RISK = 'src/engines/matching/riskLimits.ts';
const SNAPSHOT = 'src/engines/snapshot.ts';
const tests = ENGINE;

/** The life of a market, its limits, and the state that survives. @type {import('../mutate.mjs').Mutation[]} */
export const markets = [
  {
    name: 'a settlement pays a holder twice',
    file: SETTLE,
    find: '  state.accounts.pay(account, payout);\n',
    replace: '  state.accounts.pay(account, payout);\n  state.accounts.pay(account, payout);\n',
    tests,
  },
  {
    name: 'the cursor of a settlement stays with every other command: holders are visited again',
    file: SETTLE,
    find: '      market.settled++;\n',
    replace: '      market.settled += state.seq % 2;\n',
    tests,
  },
  {
    name: 'the cursor of a settlement skips a holder',
    file: SETTLE,
    find: '      market.settled++;\n',
    replace: '      market.settled += handled === 0 && market.settled + 1 < steps ? 2 : 1;\n',
    tests,
  },
  {
    name: 'who was paid keeps the shares',
    file: SETTLE,
    find: '    f64[basis] = 0;\n    f64[at] = 0;\n    payout += value;',
    replace: '    f64[basis] = 0;\n    payout += value;',
    tests,
  },
  {
    name: 'a void refunds twice',
    file: SETTLE,
    find: '  market.paid += paid;\n  state.accounts.pay(account, paid);',
    replace: '  market.paid += paid;\n  state.accounts.pay(account, 2 * paid);',
    tests,
  },
  {
    name: 'a void lets those keep it who took money out',
    file: SETTLE,
    find: 'const taken = Math.min(-paid, state.accounts.available(account));',
    replace: 'const taken = 0;',
    tests,
  },
  {
    name: 'a void keeps the fees',
    file: 'src/engines/lifecycle/void.ts',
    find: 'market.escrow += market.ammCash + market.fees;',
    replace: 'market.escrow += market.ammCash;',
    tests,
  },
  {
    name: 'the dispute window is ignored',
    file: SETTLE,
    find: 'const ready = market.status === PROPOSED && state.time >= market.disputeUntil;',
    replace: 'const ready = market.status === PROPOSED;',
    tests,
  },
  {
    name: 'a dispute is heard at the very end of its window: > where >= is meant',
    file: 'src/engines/lifecycle/status.ts',
    find: 'state.time >= market.disputeUntil)',
    replace: 'state.time > market.disputeUntil)',
    tests,
  },
  {
    name: 'payouts need not sum to $1',
    file: 'src/engines/lifecycle/resolve.ts',
    find: 'return sum === 10_000 ? payouts : null;',
    replace: 'return sum <= 10_000 ? payouts : null;',
    tests,
  },
  {
    name: 'a top-up is not paid by the house',
    file: 'src/engines/lifecycle/configure.ts',
    find: 'state.accounts.pay(C.HOUSE, -funding);',
    replace: '',
    tests,
  },
  {
    name: 'a top-up gives the maker no cash',
    file: 'src/engines/lifecycle/configure.ts',
    find: '  market.ammFunding += funding;\n  market.ammCash += funding;\n  state.accounts.pay(C.HOUSE, -funding);\n',
    replace: '',
    tests,
  },
  {
    name: 'the sides of the collar are swapped',
    file: RISK,
    find: 'return side === BUY\n    ?',
    replace: 'return side !== BUY\n    ?',
    tests,
  },
  {
    name: 'the position limit is ignored',
    file: RISK,
    find: 'return exposure <= market.positionLots;',
    replace: 'return true;',
    tests,
  },
  {
    name: 'the position limit leaves out the open orders',
    file: RISK,
    find: 'exposure += state.orders.remaining(slot);',
    replace: 'exposure += 0;',
    tests,
  },
  {
    name: 'the kill switch leaves the resting orders',
    file: 'src/engines/accounts/risk.ts',
    find: 'const canceled = blocked === 1 ? cancelOfAccount(state, account, -1, REASON.KILL_SWITCH) : 0;',
    replace: 'const canceled = 0;',
    tests,
  },
  {
    name: 'the auction price leaves the most behind where the volume ties',
    file: AUCTION_PRICE,
    find: '? left < least',
    replace: '? left > least',
    tests: AUCTION,
  },
  {
    name: 'the auction price is the farthest from the last trade where all else ties',
    file: AUCTION_PRICE,
    find: ': Math.abs(price - reference) < Math.abs(best - reference);',
    replace: ': Math.abs(price - reference) > Math.abs(best - reference);',
    tests: AUCTION,
  },
  {
    name: 'an auction trades at the price of the older order',
    file: 'src/engines/lifecycle/auctionTrades.ts',
    find: 'const price = market.auctionPrice;',
    replace: 'const price = priceOf(orders, maker);',
    tests: AUCTION,
  },
  {
    name: 'in an auction the older of two own orders is canceled',
    file: 'src/engines/lifecycle/auctionSides.ts',
    find: '? [bids, asks] : [asks, bids];',
    replace: '? [asks, bids] : [bids, asks];',
    tests: AUCTION,
  },
  {
    name: 'a snapshot forgets the collar',
    file: SNAPSHOT,
    find: '  market.collar = input.number();',
    replace: '  input.number();',
    tests,
  },
  {
    name: 'a snapshot forgets which orders expire',
    file: SNAPSHOT,
    find: 'if (rows[row + O.STATE] === STATUS.OPEN && tif === TIF.GTD) expiries.add(orders, slot);',
    replace: '',
    tests,
  },
  {
    name: 'a snapshot forgets how far a settlement was',
    file: SNAPSHOT,
    find: '  market.settled = input.number();',
    replace: '  input.number();',
    tests,
  },
  {
    name: 'the mid of a wide book is a closing price',
    file: 'src/engines/lifecycle/closingPrices.ts',
    find: 'if (book.bestAsk - book.bestBid > TIGHT_SPREAD_TICKS) return -1;',
    replace: '',
    tests,
  },
];
