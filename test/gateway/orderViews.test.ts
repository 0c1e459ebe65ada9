import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBuffer } from '../../src/engines/records/buffer.ts';
import { COMMAND } from '../../src/engines/records/commands.ts';
import { DONE_ORDER } from '../../src/engines/records/events.ts';
import { MarketState } from '../../src/gateway/market-data/marketState.ts';
import { findOrderRecord, orderJson } from '../../src/gateway/orders/orderJson.ts';
import { type OrderValues, orderView } from '../../src/gateway/orders/rows.ts';
import * as answers from '../../src/protocol/answers.ts';
import { marketImage, writeDone, writeOrder, writeTrade } from './support/records.ts';

const market = new MarketState(marketImage({ market: 3, slug: 'rain', outcomes: ['YES', 'NO'] }), 0);

const row = fc
  .record({
    orderId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    side: fc.nat(1),
    type: fc.nat(1),
    tif: fc.constantFrom(0, 2, 3),
    postOnly: fc.boolean(),
    mirrored: fc.boolean(),
    price: fc.integer({ min: 1, max: 9_999 }),
    size: fc.integer({ min: 1, max: 1_000_000_000 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    fillPrice: fc.integer({ min: 1, max: 9_999 }),
    status: fc.nat(2),
    reason: fc.nat(answers.CANCEL_REASONS.length - 1),
    fees: fc.nat(10_000_000),
    seq: fc.integer({ min: 1, max: 2 ** 50 }),
    clientOrderId: fc.option(fc.stringMatching(/^[A-Za-z0-9_.:-]{1,36}$/)),
  })
  .map(({ part, fillPrice, ...rest }): OrderValues => {
    const filled = Math.floor(rest.size * part);
    return { ...rest, market: 3, outcome: 0, filled, filledMicros: filled * fillPrice, createdAt: 1_700_000_000_000 };
  });

test('a record and a row of the same order give the same view, and the schema takes it', () => {
  fc.assert(
    fc.property(row, (values) => {
      const events = new RecordBuffer();
      const at = writeOrder(events, values);
      const view: unknown = JSON.parse(orderJson(events, at, market));
      expect(view).toEqual(orderView(values, market));
      answers.orderView.parse(view);
    }),
  );
});

test('an order on NO is shown in the terms its client sent, its fills too', () => {
  const events = new RecordBuffer();
  // Bought 10 NO at 0.40: in the book, sold 10 YES at 0.60. Filled 6 against a bid of 0.62 for YES: NO at 0.38.
  const fill = { tradeId: 9, price: 6_200, lots: 600, micros: 6_200 * 600, fee: 0, venue: 0 };
  writeTrade(events, { ...fill, outcome: 0, side: 1, takerOrder: 77, makerOrder: 5, flags: 1 }, 12, 3);
  const resting: OrderValues = {
    ...{ orderId: 77, market: 3, outcome: 0, side: 1, type: 0, tif: 0, postOnly: false, mirrored: true, price: 6_000 },
    ...{ size: 1_000, filled: 600, status: 0, reason: 0, filledMicros: 6_200 * 600, fees: 0, createdAt: 5, seq: 12 },
    clientOrderId: 'a-1',
  };
  writeOrder(events, resting);
  const doneAt = writeDone(events, COMMAND.PLACE, 12, 1, 3);
  events.f64[(doneAt + DONE_ORDER) >> 1] = 77;
  const at = findOrderRecord(events, 0, doneAt);
  expect(JSON.parse(orderJson(events, at, market, true, 0, doneAt))).toEqual({
    orderId: '77',
    clientOrderId: 'a-1',
    market: 'rain',
    outcome: 'NO',
    side: 'buy',
    type: 'limit',
    price: '0.40',
    size: '10.00',
    filled: '6.00',
    remaining: '4.00',
    status: 'open',
    tif: 'GTC',
    avgPrice: '0.38',
    fees: '0.000000',
    seq: 12,
    createdAt: 5,
    fills: [{ tradeId: '9', price: '0.38', size: '6.00', fee: '0.000000', liquidity: 'taker', venue: 'book' }],
  });
});
