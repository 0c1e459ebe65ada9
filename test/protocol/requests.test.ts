import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../src/protocol/requests.ts';

/** Decision table of the schemas: a good request of each operation, and what each change makes of it. */
const limit = { id: 1, op: 'place', market: 'rain', side: 'buy', size: '10', price: '0.55' };
const GOOD: Record<string, unknown>[] = [
  limit,
  { ...limit, type: 'market', price: undefined },
  { ...limit, outcome: 'NO', tif: 'FOK', postOnly: false, reduceOnly: false, clientOrderId: 'a.b:c_d-1' },
  { ...limit, deadline: 0, maxCost: '5.5', stp: 'expire-taker', tif: 'GTD', expiresAt: 5 },
  { ...limit, against: true, outcome: 'Ann', reduceOnly: true, stp: 'decrement' },
  { id: 1, op: 'batch', requests: [{ op: 'cancel', market: 'rain', orderId: '5' }], stopOnFailure: true },
  { id: 1, op: 'replace', cancel: { orderId: '5' }, place: { market: 'rain', side: 'buy', size: '1', price: '0.5' } },
  { id: 0, op: 'amend', market: 'rain', orderId: '12', price: '0.5' },
  { id: 1, op: 'cancel', market: 'rain', clientOrderId: 'x' },
  { id: 1, op: 'cancelAll' },
  { id: 1, op: 'cancelAll', market: 'rain' },
  { id: 1, op: 'quote', market: 'rain', side: 'sell', size: '1' },
  { id: 1, op: 'account' },
  { id: 1, op: 'order', orderId: 'abc' },
  { id: 9_007_199_254_740_991, op: 'ping' },
  { id: 1, op: 'auth', token: 'x' },
  { id: 1, op: 'subscribe', channels: [{ ch: 'book', market: 'rain', depth: 5, conflateMs: 0, since: 7 }] },
  { id: 1, op: 'unsubscribe', channels: [{ ch: 'orders' }] },
];
const without = (fields: Record<string, unknown>): unknown => JSON.parse(JSON.stringify(fields));

describe('requests', () => {
  test.each(GOOD.map((fields) => [fields]))('%j is one', (fields) => {
    expect(parseRequest(without(fields))).toHaveProperty('op', fields.op);
  });

  test.each<[Record<string, unknown>, string]>([
    [{ id: -1 }, 'id'],
    [{ id: 1.5 }, 'id'],
    [{ id: '1' }, 'id'],
    [{ id: 2 ** 53 }, 'id'],
    [{ op: 'buy' }, 'op'],
    [{ op: ['place'] }, 'op'],
    [{ market: 'Rain' }, 'market'],
    [{ market: '' }, 'market'],
    [{ market: 'r'.repeat(65) }, 'market'],
    [{ market: undefined }, 'market'],
    [{ side: 'BUY' }, 'side'],
    [{ side: undefined }, 'side'],
    [{ outcome: '' }, 'outcome'],
    [{ outcome: 'x'.repeat(65) }, 'outcome'],
    [{ type: 'stop' }, 'type'],
    [{ size: 10 }, 'size'],
    [{ size: '1e3' }, 'size'],
    [{ size: '' }, 'size'],
    [{ size: ' 1' }, 'size'],
    [{ size: '1'.repeat(16) }, 'size'],
    [{ size: undefined }, 'size'],
    [{ price: 0.55 }, 'price'],
    [{ price: '.55' }, 'price'],
    [{ price: 'NaN' }, 'price'],
    [{ tif: 'DAY' }, 'tif'],
    [{ postOnly: 'true' }, 'postOnly'],
    [{ stp: 'none' }, 'stp'],
    [{ against: 'yes' }, 'against'],
    [{ reduceOnly: 1 }, 'reduceOnly'],
    [{ expiresAt: '5' }, 'expiresAt'],
    [{ clientOrderId: '' }, 'clientOrderId'],
    [{ clientOrderId: 'x'.repeat(37) }, 'clientOrderId'],
    [{ clientOrderId: 'a b' }, 'clientOrderId'],
    [{ clientOrderId: 'ä' }, 'clientOrderId'],
    [{ deadline: '1' }, 'deadline'],
    [{ deadline: 1.5 }, 'deadline'],
    [{ maxCost: 5 }, 'maxCost'],
    [{ leverage: 10 }, 'leverage'],
  ])('place with %j is refused', (change, field) => {
    expect(parseRequest(without({ ...limit, ...change }))).toMatchObject({ field });
  });

  test.each<[unknown, string]>([
    [{ requests: [] }, 'requests'],
    [{ requests: Array.from({ length: 51 }, () => ({})) }, 'requests'],
    [{ requests: {} }, 'requests'],
    [{ requests: [{}], stopOnFailure: 'yes' }, 'stopOnFailure'],
    [{ requests: [{}], market: 'rain' }, 'market'],
    [{ id: 'x', requests: [{}] }, 'id'],
  ])('a batch with %j is refused', (change, field) => {
    expect(parseRequest({ id: 1, op: 'batch', ...(change as object) })).toMatchObject({ field });
  });

  test('a faulty item of a batch keeps its place, and does not spoil the others', () => {
    const cancel = { op: 'cancel', market: 'rain', orderId: '5' };
    const requests = [cancel, { ...cancel, id: 7 }, { op: 'ping' }, 5, { op: 'place', market: 'rain', side: 'buy' }];
    expect(parseRequest({ id: 1, op: 'batch', requests })).toMatchObject({
      op: 'batch',
      requests: [cancel, { field: 'id' }, { field: 'op' }, { field: undefined }, { field: 'size' }],
    });
  });

  test.each<[object, string]>([
    [{ cancel: undefined }, 'cancel'],
    [{ cancel: { market: 'rain' } }, 'cancel.market'],
    [{ place: { market: 'rain' } }, 'place.side'],
    [{ onFailure: 'go' }, 'onFailure'],
  ])('a replacement with %j is refused', (change, field) => {
    const place = { market: 'rain', side: 'buy', size: '1' };
    expect(parseRequest({ id: 1, op: 'replace', cancel: {}, place, ...change })).toMatchObject({ field });
  });

  test.each<[unknown[], string]>([
    [[], 'channels'],
    [[{ ch: 'books', market: 'rain' }], 'channels.0.ch'],
    [[{ ch: 'book' }, { ch: 'book', depth: 0 }], 'channels.1.depth'],
    [[{ ch: 'book', depth: 10_001 }], 'channels.0.depth'],
    [[{ ch: 'book', conflateMs: -1 }], 'channels.0.conflateMs'],
    [[{ ch: 'book', since: '7' }], 'channels.0.since'],
    [[{ ch: 'book', more: 1 }], 'channels.0.more'],
    [['book'], 'channels.0'],
    [Array.from({ length: 201 }, () => ({ ch: 'orders' })), 'channels'],
  ])('subscribe to %j is refused', (channels, field) => {
    expect(parseRequest({ id: 1, op: 'subscribe', channels })).toMatchObject({ field });
  });

  test('a numeral that is no number of JSON’s is none of ours', () => {
    expect(parseRequest(JSON.parse('{"id":1e400,"op":"ping"}'))).toMatchObject({ field: 'id' });
  });
});
