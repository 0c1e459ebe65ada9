import { afterAll, beforeAll, expect, test } from 'vitest';
import * as views from '../../src/protocol/http.ts';
import { streams } from '../../src/protocol/streams.ts';
import { connect } from '../../src/sdk/index.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { Client } from './support/client.ts';
import { exactly } from './support/exactly.ts';
import { openMarket } from './support/markets.ts';

let exchange: Exchange;
beforeAll(async () => {
  exchange = await startExchange();
});
afterAll(() => exchange?.stop());

test('candles on a connection are those of HTTP', { timeout: 60_000 }, async () => {
  const [operator, maker, taker] = await Promise.all([
    Client.operator(exchange),
    Client.register(exchange, 'maker'),
    Client.register(exchange, 'taker'),
  ]);
  await openMarket(operator, 'rain');
  const trade = async (price: string, size: string) => {
    await maker.ask('place', { market: 'rain', side: 'sell', price, size });
    return (await taker.ask('place', { market: 'rain', side: 'buy', price, size })).order.seq;
  };
  await trade('0.40', '2');
  const watcher = await connect({ url: exchange.url });
  const candles = new Map<number, unknown>();
  let seq = -1;
  let wake = () => {};
  watcher.onMessage((message) => {
    if (message.ch !== 'candles' || message.type === 'heartbeat') return;
    if (message.type === 'snapshot') {
      for (const candle of exactly(streams.candlesSnapshot, message).candles) candles.set(candle.start, candle);
    } else {
      const { candle } = exactly(streams.candles, message);
      candles.set(candle.start, candle);
    }
    if (message.more !== true) seq = Number(message.seq);
    wake();
  });
  const channels = [{ ch: 'candles', market: 'rain', interval: '1s' }];
  await watcher.requestUntyped('subscribe', { channels });
  await trade('0.45', '3');
  const last = await trade('0.35', '1.5');
  while (seq < last) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  const answer = await taker.api.get(views.candlesView, '/markets/rain/candles?interval=1s&outcome=YES');
  expect(answer.candles.length).toBeGreaterThan(0);
  expect([...candles.values()]).toEqual(answer.candles.map((candle) => ({ outcome: 'YES', ...candle })));
  await watcher.close();
});
