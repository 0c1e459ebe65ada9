import { expect, test } from 'vitest';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { Batch } from '../../src/gateway/orders/batch.ts';
import * as answers from '../../src/protocol/answers.ts';
import type { BatchItem, Fault } from '../../src/protocol/requests.ts';
import { imageOf, marketImage, orderValues, writeDone, writeOrder, writeTrade } from './support/records.ts';

const data = new MarketData(
  imageOf(
    marketImage({ market: 0, slug: 'rain' }),
    marketImage({ market: 1, slug: 'snow', outcomes: ['A', 'B', 'C'] }),
  ),
);
const place = (market: string, more: object = {}): BatchItem => ({
  ...{ op: 'place', market, side: 'buy', type: 'limit', size: '1', price: '0.5' },
  ...more,
});
const cancel = (orderId: string): BatchItem => ({ op: 'cancel', market: 'rain', orderId });
const fault: Fault = { field: 'size', problem: 'Invalid' };

function batch(items: readonly (BatchItem | Fault)[], stopOnFailure = false) {
  const buffer = new R.RecordBuffer(64);
  const made = new Batch({ buffer }, data, 9, items, stopOnFailure);
  const kinds: number[] = [];
  const { i32 } = buffer;
  if (made.at >= 0) {
    const end = made.at + (i32[made.at] as number);
    expect(end).toBe(buffer.words);
    for (let at = made.at + C.BATCH_ITEMS; at < end; at += i32[at] as number) {
      expect(i32[at + R.ACCOUNT]).toBe(9);
      kinds.push(i32[at + R.KIND] as number);
    }
    expect(i32[made.at + C.BATCH_SIZE]).toBe(kinds.length);
    expect(i32[made.at + C.BATCH_MODE]).toBe(stopOnFailure ? C.BATCH_STOP_ON_FAILURE : C.BATCH_ALLOW_FAILURE);
  } else expect(buffer.words, 'nothing is left behind').toBe(0);
  return { made, kinds };
}
const results = ({ results: text }: Batch) =>
  answers.answers.batch.shape.results.parse(JSON.parse(`{${text}}`).results);

/** The DONE of the item with this place in the record. */
function writeItem(events: R.RecordBuffer, command: number, index: number, orderId: number, code = 0, flags = 0): void {
  const at = writeDone(events, command, 7, 9);
  events.i32[at + R.CODE] = code;
  events.i32[at + E.DONE_FLAGS] = E.ITEM | flags;
  events.i32[at + E.DONE_COUNT] = index;
  events.f64[(at + E.DONE_ORDER) >> 1] = orderId;
}

test('whole records follow each other in one, of one account', () => {
  const many = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? place('rain') : cancel('5')));
  expect(batch(many).kinds).toHaveLength(50);
  const amend: BatchItem = { op: 'amend', market: 'snow', clientOrderId: 'a', size: '2' };
  expect(batch([amend, place('snow', { outcome: 'B', against: true })], true).kinds).toEqual([
    C.COMMAND.AMEND,
    C.COMMAND.PLACE,
  ]);
});

test('what cannot be sent has its error at its place; the rest goes', () => {
  const { made, kinds } = batch([place('nowhere'), place('rain'), fault, cancel('x'), cancel('5')]);
  expect(kinds).toEqual([C.COMMAND.PLACE, C.COMMAND.CANCEL]);
  const events = new R.RecordBuffer();
  writeOrder(events, orderValues({ orderId: 77, seq: 7 }));
  writeItem(events, C.COMMAND.PLACE, 0, 77);
  writeItem(events, C.COMMAND.CANCEL, 1, 0, E.codeNumber('UNKNOWN_ORDER'));
  made.done(events, 0, writeDone(events, C.COMMAND.BATCH, 7, 9));
  expect(results(made)).toMatchObject([
    { ok: false, error: { code: 'UNKNOWN_MARKET', field: 'market' } },
    { ok: true, order: { orderId: '77', fills: [] } },
    { ok: false, error: { code: 'INVALID_REQUEST', field: 'size' } },
    { ok: false, error: { code: 'UNKNOWN_ORDER', field: 'orderId' } },
    { ok: false, error: { code: 'UNKNOWN_ORDER' } },
  ]);
});

test('with stopOnFailure nothing after a faulty request is sent', () => {
  const { made, kinds } = batch([cancel('5'), fault, place('rain')], true);
  expect(kinds).toEqual([C.COMMAND.CANCEL]);
  const events = new R.RecordBuffer();
  writeOrder(events, orderValues({ orderId: 5, status: 2, seq: 7 }));
  writeItem(events, C.COMMAND.CANCEL, 0, 5);
  made.done(events, 0, writeDone(events, C.COMMAND.BATCH, 7, 9));
  const [first, second, third] = results(made);
  expect(first).toMatchObject({ ok: true, order: { status: 'canceled' } });
  expect(first).not.toHaveProperty('order.fills');
  expect([second, third]).toMatchObject([{ error: { code: 'INVALID_REQUEST' } }, { error: { code: 'CONFLICT' } }]);
});

test('a batch of which nothing can be sent is answered at once', () => {
  const { made } = batch([fault, place('nowhere')]);
  expect(made.at).toBe(-1);
  expect(results(made)).toMatchObject([{ ok: false }, { ok: false, error: { code: 'UNKNOWN_MARKET' } }]);
});

test('each order is as its own request left it, with the fills of that request alone', () => {
  const { made } = batch([place('rain'), { op: 'amend', market: 'rain', orderId: '77', price: '0.6' }, place('rain')]);
  const events = new R.RecordBuffer();
  writeOrder(events, orderValues({ orderId: 77, size: 300, seq: 7 }));
  writeItem(events, C.COMMAND.PLACE, 0, 77);
  const fill = { tradeId: 1, price: 6_000, lots: 100, micros: 600_000, fee: 0, venue: 0 };
  writeTrade(events, { ...fill, outcome: 0, side: 0, takerOrder: 77, makerOrder: 5 }, 7);
  writeOrder(events, orderValues({ orderId: 77, size: 300, filled: 100, filledMicros: 600_000, seq: 7 }));
  writeItem(events, C.COMMAND.AMEND, 1, 77, 0, E.KEPT_PRIORITY);
  writeOrder(events, orderValues({ orderId: 12, seq: 7 }));
  writeItem(events, C.COMMAND.PLACE, 2, 12, 0, E.DUPLICATE);
  made.done(events, 0, writeDone(events, C.COMMAND.BATCH, 7, 9));
  expect(results(made)).toMatchObject([
    { order: { filled: '0.00', fills: [] } },
    { order: { filled: '1.00', fills: [{ tradeId: '1', price: '0.60' }] }, keptPriority: true },
    { order: { orderId: '12' }, duplicate: true },
  ]);
});
