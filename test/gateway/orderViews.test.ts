import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBuffer } from '../../src/engines/records/buffer.ts';
import { COMMAND } from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { MarketState } from '../../src/gateway/market-data/marketState.ts';
import { findOrderRecord, orderJson } from '../../src/gateway/orders/orderJson.ts';
import { type OrderValues, orderView } from '../../src/gateway/orders/rows.ts';
import * as answers from '../../src/protocol/answers.ts';
import { marketImage, orderValues, writeDone, writeOrder, writeTrade } from './support/records.ts';

const market = new MarketState(marketImage({ market: 3, slug: 'rain', outcomes: ['YES', 'NO'] }), 0);

const race = new MarketState(marketImage({ market: 3, slug: 'race', outcomes: ['Ann', 'Ben', 'Cleo'] }), 0);

const row = fc
  .record({
    orderId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    side: fc.nat(1),
    type: fc.nat(1),
    tif: fc.nat(3),
    expiresAt: fc.constantFrom(0, 1_800_000_000_000),
    postOnly: fc.boolean(),
    reduceOnly: fc.boolean(),
    stp: fc.nat(3),
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
    fc.property(row, fc.nat(2), (values, outcome) => {
      const events = new RecordBuffer();
      // A record without a client id ends before it: what follows is another one’s.
      const at = writeOrder(events, values);
      writeOrder(events, orderValues({ clientOrderId: 'x'.repeat(36) }));
      const view: unknown = JSON.parse(orderJson(events, at, market));
      expect(view).toEqual(orderView(values, market));
      expect(view).toStrictEqual(answers.orderView.parse(view));
      const other = writeOrder(events, { ...values, outcome });
      expect(JSON.parse(orderJson(events, other, race))).toEqual(orderView({ ...values, outcome }, race));
    }),
  );
});

test('an order on NO is shown in the terms its client sent, its fills too', () => {
  const events = new RecordBuffer();
  // Bought 10 NO at 0.40: in the book, sold 10 YES at 0.60. Filled 6 against a bid of 0.62 for YES: NO at 0.38.
  const fill = { tradeId: 9, price: 6_200, lots: 600, micros: 6_200 * 600, fee: 0, venue: 0 };
  writeTrade(events, { ...fill, outcome: 0, side: 1, takerOrder: 77, makerOrder: 5, flags: 1 }, 12, 3);
  const resting = { orderId: 77, market: 3, side: 1, mirrored: true, price: 6_000, size: 1_000, filled: 600, seq: 12 };
  writeOrder(events, orderValues({ ...resting, filledMicros: 6_200 * 600, clientOrderId: 'a-1' }));
  const doneAt = writeDone(events, COMMAND.PLACE, 12, 1, 3);
  events.f64[(doneAt + E.DONE_ORDER) >> 1] = 77;
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

test('an order against an outcome of several is shown so, and its fills in its terms', () => {
  const events = new RecordBuffer();
  // NO of Ben at 0.40 bought: Ben sold at 0.60.
  const fill = { tradeId: 9, price: 6_200, lots: 600, micros: 6_200 * 600, fee: 5, venue: 0 };
  writeTrade(events, { ...fill, outcome: 1, side: 1, takerOrder: 77, makerOrder: 5, flags: E.TAKER_MIRRORED }, 12, 3);
  const values = { orderId: 77, market: 3, outcome: 1, side: 1, mirrored: true, price: 6_000, size: 1_000, seq: 12 };
  const traded = { filled: 600, filledMicros: 6_200 * 600, tif: 1, expiresAt: 99, reduceOnly: true, stp: 3 };
  const at = writeOrder(events, orderValues({ ...values, ...traded }));
  const doneAt = writeDone(events, COMMAND.PLACE, 12, 1, 3);
  expect(JSON.parse(orderJson(events, at, race, true, 0, doneAt))).toMatchObject({
    ...{ outcome: 'Ben', against: true, side: 'buy', price: '0.40', avgPrice: '0.38', tif: 'GTD', expiresAt: 99 },
    ...{ reduceOnly: true, stp: 'decrement', fills: [{ price: '0.38', size: '6.00', liquidity: 'taker' }] },
  });
  expect(JSON.parse(orderJson(events, at, race))).not.toHaveProperty('clientOrderId');
});

test('of complete sets the taker’s fill is the set, the makers’ are the legs', () => {
  const events = new RecordBuffer();
  const leg = { side: 0, lots: 100, fee: 3, venue: 0, takerOrder: 77 };
  writeTrade(
    events,
    { ...leg, tradeId: 1, outcome: 1, price: 3_000, micros: 300_000, makerOrder: 5, flags: E.LEG },
    12,
  );
  writeTrade(
    events,
    { ...leg, tradeId: 2, outcome: 2, price: 2_500, micros: 250_000, makerOrder: 6, flags: E.LEG },
    12,
  );
  const set = { ...leg, tradeId: 3, outcome: 0, price: 4_500, micros: 450_000, fee: 6, makerOrder: 0 };
  writeTrade(events, { ...set, makerAccount: E.SETS, flags: E.SET_FILL }, 12);
  const taker = writeOrder(events, orderValues({ orderId: 77, market: 3, filled: 100, filledMicros: 450_000 }));
  const maker = writeOrder(
    events,
    orderValues({ orderId: 5, market: 3, outcome: 1, filled: 100, filledMicros: 300_000 }),
  );
  const doneAt = writeDone(events, COMMAND.PLACE, 12, 1, 3);
  const fills = (at: number) => JSON.parse(orderJson(events, at, race, true, 0, doneAt)).fills;
  expect(fills(taker)).toMatchObject([{ tradeId: '3', price: '0.45', fee: '0.000006', liquidity: 'taker' }]);
  expect(fills(maker)).toMatchObject([{ tradeId: '1', price: '0.30', liquidity: 'maker' }]);
});

test('in a call auction both orders have rested', () => {
  const events = new RecordBuffer();
  const fill = { tradeId: 9, price: 6_200, lots: 100, micros: 620_000, fee: 0, venue: 0, flags: E.AUCTION };
  writeTrade(events, { ...fill, outcome: 0, side: 1, takerOrder: 77, makerOrder: 5 }, 12, 3);
  const at = writeOrder(events, orderValues({ orderId: 77, market: 3, side: 1, filled: 100, filledMicros: 620_000 }));
  const doneAt = writeDone(events, COMMAND.RESUME, 12, 1, 3);
  expect(JSON.parse(orderJson(events, at, market, true, 0, doneAt)).fills).toMatchObject([{ liquidity: 'maker' }]);
});
