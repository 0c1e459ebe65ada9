import { cancel, shrink } from './book.ts';
import { least, type Order, remaining, type State } from './state.ts';
import { loseShares, type Taking } from './taking.ts';

/** An order that has expired is not traded with, nor is one's own: true when that was the step. */
export function putAside(state: State, taking: Taking, maker: Order): boolean {
  const { order } = taking;
  if (maker.expiresAt !== 0 && maker.expiresAt <= state.time) {
    taking.touched.push(maker.account);
    cancel(state, maker, 'EXPIRED');
    loseShares(state, taking, maker);
    return true;
  }
  if (maker.account !== order.account) return false;
  taking.touched.push(maker.account);
  const lots = least(taking.left, remaining(maker));
  state.selfTrades.push({
    ...{ market: maker.market, account: maker.account, outcome: maker.outcome, price: maker.price, lots },
    ...{ mode: order.stp, takerOrder: order.id, makerOrder: maker.id },
  });
  if (order.stp === 'decrement') {
    order.size -= lots;
    taking.left -= lots;
    if (lots === remaining(maker)) cancel(state, maker, 'SELF_TRADE');
    else shrink(state, maker, lots);
  } else {
    if (order.stp !== 'expire-taker') cancel(state, maker, 'SELF_TRADE');
    if (order.stp !== 'expire-maker') taking.stop = 'SELF_TRADE';
  }
  loseShares(state, taking, maker);
  return true;
}
