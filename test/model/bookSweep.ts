import * as E from '../../src/engines/records/events.ts';
import { ammLots, ammTrade } from './amm.ts';
import { cancel, queueFor } from './book.ts';
import { fillMaker, mirrors, report, setLast } from './fills.ts';
import { withdrawTripped } from './protection.ts';
import { type Market, most, remaining, type Side, type State } from './state.ts';

/**
 * With more than two outcomes a trade with the maker moves its other prices, too, and maybe through resting orders; a larger
 * liquidity makes many lots of the one that an order may be away from its price. It fills those orders at their prices,
 * lowest outcome first, bids before asks.
 */
export function sweepThroughBooks(state: State, market: Market): void {
  if (market.amm === undefined || !market.bookOn || market.status !== 'open' || state.time >= market.closeTime) return;
  while (fillOne(state, market)) withdrawTripped(state);
}

function fillOne(state: State, market: Market): boolean {
  for (let outcome = 0; outcome < market.outcomes; outcome++)
    for (const makerSide of ['buy', 'sell'] as Side[]) {
      const ammSide: Side = makerSide === 'buy' ? 'sell' : 'buy';
      const resting = queueFor(state, market, outcome, ammSide)[0];
      if (resting === undefined) continue;
      const lots = ammLots(market, makerSide, outcome, resting.price, remaining(resting));
      if (lots === 0n) continue;
      if (resting.expiresAt !== 0 && resting.expiresAt <= state.time) {
        cancel(state, resting, 'EXPIRED');
        return true;
      }
      const { price } = resting;
      const micros = price * lots;
      ammTrade(market, makerSide, outcome, lots, micros);
      const makerFee = fillMaker(state, market, resting, lots, most(0n, market.makerFee));
      market.volume += micros;
      setLast(market, outcome, price * 100n);
      report(state, market, {
        ...{ outcome, side: ammSide, lots, price, micros, taker: E.AMM, maker: resting.account, venue: 'amm' },
        ...{ takerOrder: 0, makerOrder: resting.id, takerFee: 0n, makerFee, flags: mirrors(undefined, resting) },
      });
      return true;
    }
  return false;
}
