import { expect, test } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import type { MarketState } from '../../src/gateway/market-data/marketState.ts';
import { kindsScript } from '../follower/kindsScript.ts';
import { tradingScript } from '../follower/script.ts';

/** What a gateway that starts now would know; sequences of channels apart. */
function stateOf(market: MarketState): object {
  const { bookSeq: _1, tradesSeq: _2, tickerSeq: _3, marketSeq: _4, ...state } = market;
  // The image has no prices of a maker where there is none.
  if (!market.hasMaker) return { ...state, ammMillionths: [], q: [] };
  return state;
}

test.each([
  [21, kindsScript],
  [22, kindsScript],
  [23, tradingScript],
])('markets known from events are those of the engine, seed %i', (seed, script) => {
  const journal = script(seed, 1_200);
  const engine = new Engine();
  const data = new MarketData(engine.image());
  const events = new R.RecordBuffer();
  R.eachRecord(journal.i32, 0, journal.words, (at) => {
    events.clear();
    engine.apply(journal.i32, journal.f64, at, events);
    let doneAt = 0;
    R.eachRecord(events.i32, 0, events.words, (event) => {
      doneAt = event;
    });
    data.apply(events, 0, doneAt);
    if (engine.seq % 50 !== 0) return;
    const fresh = new MarketData(engine.image());
    expect(data.seq).toBe(fresh.seq);
    for (const [i, market] of fresh.markets.entries()) {
      const told = stateOf(data.markets[i] as MarketState) as Record<string, unknown>;
      // How many orders and holders there are is told when the status changes, or with their settlement, alone.
      const { openOrders: _1, holders: _2, settlementSteps: _3, ...known } = stateOf(market) as Record<string, unknown>;
      expect(told).toMatchObject(known);
    }
  });
});
