import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AccountMirror } from '../../loadtest/k6/checks/accountMirror.ts';
import { AnswerBook } from '../../loadtest/k6/checks/answerBook.ts';
import { type BookMessage, BookMirror } from '../../loadtest/k6/checks/bookMirror.ts';
import { CandleMirror, type CandlesMessage } from '../../loadtest/k6/checks/candleMirror.ts';
import { appendByte, appendPiece, checksumOf, EMPTY, pieceOf } from '../../loadtest/k6/checks/crc32.ts';
import { bucketOf, percentile } from '../../loadtest/k6/checks/latencyBuckets.ts';
import { lotsOf, microsOf } from '../../loadtest/k6/checks/money.ts';
import { type OrderBookMessage, OrderBookMirror } from '../../loadtest/k6/checks/orderBookMirror.ts';
import { QueueMirror } from '../../loadtest/k6/checks/queueMirror.ts';
import { Random } from '../../loadtest/k6/run/random.ts';

describe('the checksum of pieces', () => {
  it('is that of the whole text', () => {
    const random = new Random(1);
    for (let round = 0; round < 200; round++) {
      const texts = Array.from({ length: random.between(0, 12) }, () =>
        String.fromCharCode(...Array.from({ length: random.between(0, 20) }, () => random.between(0, 127))),
      );
      let register = EMPTY;
      for (const text of texts) register = appendByte(appendPiece(register, pieceOf(text)), 44);
      expect(checksumOf(register)).toBe(crc32(texts.map((text) => `${text},`).join('')));
    }
  });
});

describe('a mirrored book', () => {
  const message = (fields: Partial<BookMessage>): BookMessage =>
    ({ ch: 'book', type: 'delta', market: 'm', seq: 1, prev: 1, bids: [], asks: [], ...fields }) as BookMessage;
  const book = (depth?: number): BookMirror => new BookMirror(depth);

  it('has the checksums that the protocol gives as examples', () => {
    const mirror = book();
    expect(mirror.take(message({ type: 'snapshot', crc: 2343686810 }))).toBeUndefined();
    const bids: [string, string][] = [
      ['0.54', '10.00'],
      ['0.55', '2.50'],
    ];
    expect(mirror.take(message({ bids, asks: [['0.56', '3.00']], crc: 3635326536 }))).toBeUndefined();
    expect(
      mirror.take(message({ bids: [['0.54', '0']], asks: [], crc: crc32('0.55:2.50|0.56:3.00') })),
    ).toBeUndefined();
    expect(mirror.take(message({ bids: [['0.55', '2.00']], asks: [], crc: 1 }))).toBe('crc');
  });
  it('counts the ten best levels, or the depth', () => {
    const bids = Array.from({ length: 12 }, (_, i): [string, string] => [`0.${30 - i}`, '1.00']);
    const text = (count: number): string =>
      bids
        .slice(0, count)
        .map(([price, size]) => `${price}:${size}`)
        .join();
    expect(book().take(message({ type: 'snapshot', bids, crc: crc32(`${text(10)}|`) }))).toBeUndefined();
    expect(book(5).take(message({ type: 'snapshot', bids, crc: crc32(`${text(5)}|`) }))).toBeUndefined();
  });
  it('joins the books of several outcomes', () => {
    const mirror = book();
    const side = (outcome: string) => ({ outcome, bids: [['0.20', '1.00'] as [string, string]], asks: [] });
    const crc = crc32('0.20:1.00|;0.20:1.00|');
    expect(mirror.take(message({ type: 'snapshot', books: [side('A'), side('B')], crc }))).toBeUndefined();
    const books = [{ outcome: 'B', bids: [], asks: [['0.30', '2.00'] as [string, string]] }];
    expect(mirror.take(message({ books, crc: crc32('0.20:1.00|;0.20:1.00|0.30:2.00') }))).toBeUndefined();
  });
  it('notices that it is crossed', () => {
    const crossed = message({ bids: [['0.55', '1.00']], asks: [['0.55', '1.00']], crc: crc32('0.55:1.00|0.55:1.00') });
    expect(book().take(crossed)).toBe('crossed');
  });
});

describe('mirrored orders', () => {
  type Orders = OrderBookMessage['books'][number]['orders'];
  const message = (type: 'snapshot' | 'delta', orders: Orders, outcome = 'YES'): OrderBookMessage =>
    ({ ch: 'book.l3', type, market: 'm', seq: 1, prev: 1, books: [{ outcome, orders }] }) as OrderBookMessage;
  const begun = (): OrderBookMirror => {
    const mirror = new OrderBookMirror();
    const orders: Orders = [
      ['7', 'bid', '0.55', '1.00'],
      ['8', 'bid', '0.55', '2.50'],
      ['9', 'ask', '0.60', '3.00'],
    ];
    expect(mirror.take(message('snapshot', orders))).toBeUndefined();
    return mirror;
  };

  it('add up to the book', () => {
    const mirror = begun();
    expect(mirror.crc).toBe(crc32('0.55:3.50|0.60:3.00'));
    const changes: Orders = [
      ['7', 'bid', '0.55', '0'],
      ['8', 'bid', '0.56', '2.50'],
      ['10', 'ask', '0.60', '0.50'],
    ];
    expect(mirror.take(message('delta', changes))).toBeUndefined();
    expect(mirror.crc).toBe(crc32('0.56:2.50|0.60:3.50'));
    expect(new OrderBookMirror().crc).toBe(0);
    const empty = new OrderBookMirror();
    empty.take(message('snapshot', []));
    expect(empty.crc).toBe(crc32('|'));
  });
  it('are there once, and only those go that were there', () => {
    expect(begun().take(message('delta', [['11', 'bid', '0.50', '0']]))).toContain('never was there');
    const twice: Orders = [
      ['7', 'bid', '0.55', '1.00'],
      ['7', 'bid', '0.54', '1.00'],
    ];
    expect(begun().take(message('snapshot', twice))).toContain('twice');
  });
});

describe('mirrored candles', () => {
  const candle = (fields: object = {}) => ({
    ...{ outcome: 'YES', start: 1_000, open: '0.50', high: '0.55', low: '0.50', close: '0.52' },
    ...{ size: '3.00', volume: '1.560000', trades: 2, ...fields },
  });
  const next = (fields: object) => ({ candle: candle(fields) }) as unknown as CandlesMessage;
  const snapshot = (...fields: object[]) => ({ candles: fields.map(candle) }) as unknown as CandlesMessage;
  const more = { high: '0.56', close: '0.56', size: '4.00', volume: '2.120000', trades: 3 };

  it('grow, and follow each other', () => {
    const mirror = new CandleMirror();
    for (const message of [snapshot({}), next(more), snapshot(more), next({ start: 2_000, trades: 1 })]) {
      expect(mirror.take(message)).toBeUndefined();
    }
  });
  it.each([
    ['open at another price', next({ ...more, open: '0.51' })],
    ['have fewer trades', next({ trades: 1 })],
    ['have traded less', next({ size: '2.00' })],
    ['go back in time', next({ start: 0 })],
    ['close above the highest price', next({ close: '0.57' })],
    ['have no trades', next({ start: 2_000, trades: 0 })],
    ['are gone from a snapshot', snapshot()],
    ['are less in a snapshot', snapshot({ trades: 1 })],
  ])('do not %s', (_, message) => {
    const mirror = new CandleMirror();
    mirror.take(snapshot({}));
    expect(mirror.take(message)).toEqual(expect.any(String));
  });
});

describe('mirrored places in a queue', () => {
  type Order = Parameters<QueueMirror['takeOrder']>[0];
  const order = (fields: object = {}) =>
    ({ orderId: '7', status: 'open', price: '0.50', filled: '0.00', ...fields }) as Order;
  const ahead = (mirror: QueueMirror, ahead: string, orderId = '7'): string[] =>
    mirror.take({ ch: 'orders', type: 'queue', seq: 1, queue: [{ orderId, ahead }] });
  const begun = (): QueueMirror => {
    const mirror = new QueueMirror();
    mirror.takeSnapshot([order()]);
    expect(ahead(mirror, '5.00')).toEqual([]);
    return mirror;
  };

  it('get nearer, also while the order is filled', () => {
    const mirror = begun();
    expect(ahead(mirror, '2.00')).toEqual([]);
    mirror.takeOrder(order({ filled: '1.00' }));
    expect(ahead(mirror, '2.00')).toEqual([]);
    expect(ahead(mirror, '3.00')).toHaveLength(1);
  });
  it('may be lost by another price, or by an amendment', () => {
    const mirror = begun();
    mirror.takeOrder(order({ price: '0.49', filled: '1.00' }));
    expect(ahead(mirror, '9.00')).toEqual([]);
    mirror.takeOrder(order({ price: '0.49', filled: '1.00' }));
    expect(ahead(mirror, '10.00')).toEqual([]);
  });
  it('are of open orders', () => {
    const mirror = begun();
    expect(ahead(mirror, '1.00', '8')).toHaveLength(1);
    expect(ahead(mirror, '-1.00')).toHaveLength(1);
    mirror.takeOrder(order({ status: 'filled', filled: '4.00' }));
    expect(ahead(mirror, '0.00')).toHaveLength(1);
  });
});

describe('answers', () => {
  const waiting = (op: string) => ({ op, sentAt: 0, done: () => {} });

  it('are each of one request', () => {
    const book = new AnswerBook();
    const id = book.add(waiting('ping'));
    expect(book.waiting).toBe(1);
    expect(book.answered({ id, ok: true })?.op).toBe('ping');
    expect(book.answered({ id, ok: true })).toBeUndefined();
    expect(book.answered({ id: null, ok: false })).toBeUndefined();
    expect(book.waiting).toBe(0);
  });
  it('of the engine come in order, refusals and questions may not', () => {
    const book = new AnswerBook();
    expect(book.isInOrder({ id: 2, ok: true }, 'place')).toBe(true);
    expect(book.isInOrder({ id: 1, ok: false }, 'place')).toBe(true);
    expect(book.isInOrder({ id: 1, ok: true }, 'order')).toBe(true);
    expect(book.isInOrder({ id: 1, ok: true }, 'cancel')).toBe(false);
  });
});

describe('a mirrored account', () => {
  type Orders = Parameters<AccountMirror['takeOrders']>[0];
  type Fills = Parameters<AccountMirror['takeFills']>[0];
  const order = (fields: object) => ({
    orderId: '7',
    price: '0.50',
    size: '4.00',
    filled: '0.00',
    remaining: '4.00',
    status: 'open',
    ...fields,
  });
  const tell = (mirror: AccountMirror, fields: object): void =>
    mirror.takeOrders({ ch: 'orders', seq: 1, prev: 1, order: order(fields) } as unknown as Orders);
  const fill = (mirror: AccountMirror, size: string, more?: true): void =>
    mirror.takeFills({ ch: 'fills', seq: 1, prev: 1, orderId: '7', size, ...(more && { more }) } as unknown as Fills);
  const money = { balance: '10.000000', available: '8.000000', held: '2.000000' };
  const begun = (): AccountMirror => {
    const mirror = new AccountMirror();
    expect(mirror.takeAccount({ ch: 'account', seq: 1, prev: 1, type: 'snapshot', ...money, positions: [] })).toBe(
      true,
    );
    return mirror;
  };
  const answer = (orders: object[]) =>
    ({ ...money, positions: [], orders, seq: 1 }) as unknown as Parameters<AccountMirror['differences']>[0];

  it('is equal to what it was told', () => {
    const mirror = begun();
    tell(mirror, {});
    expect(mirror.differences(answer([order({})]))).toEqual([]);
    expect(mirror.differences(answer([]))).toHaveLength(1);
    expect(mirror.differences(answer([order({ remaining: '3.00' })]))).toHaveLength(1);
    expect(mirror.differences({ ...answer([order({})]), balance: '10.000001' })).toHaveLength(1);
  });
  it('adds fills up', () => {
    const mirror = begun();
    tell(mirror, { status: 'filled', filled: '4.00', remaining: '0.00' });
    fill(mirror, '1.50');
    expect(mirror.differences(answer([]))).toEqual(['fills of order 7: 150 lots, filled is 400']);
    fill(mirror, '2.50');
    expect(mirror.differences(answer([]))).toEqual([]);
  });
  it('forgets what a lost connection left half told', () => {
    const mirror = begun();
    tell(mirror, { status: 'filled', filled: '4.00', remaining: '0.00' });
    fill(mirror, '1.50', true);
    mirror.reconnected();
    fill(mirror, '1.50', true);
    fill(mirror, '2.50');
    expect(mirror.differences(answer([]))).toEqual([]);
  });
  it('notices money that does not add up', () => {
    const message = { ch: 'account' as const, seq: 2, prev: 1, ...money, held: '2.000001', positions: [] };
    expect(begun().takeAccount(message)).toBe(false);
  });
});

describe('numbers', () => {
  it('are exact', () => {
    expect(microsOf('-6.875')).toBe(-6_875_000);
    expect(microsOf('1000000.000001')).toBe(1_000_000_000_001);
    expect(lotsOf('12.5')).toBe(1250);
    expect(lotsOf('0.00')).toBe(0);
  });
  it('are put into buckets whose percentiles are not far off', () => {
    const buckets = new Map<number, number>();
    for (let ms = 1; ms <= 1000; ms++) buckets.set(bucketOf(ms), (buckets.get(bucketOf(ms)) ?? 0) + 1);
    for (const part of [0.5, 0.95, 0.99]) {
      const found = percentile(buckets, part);
      expect(found).toBeGreaterThanOrEqual(1000 * part);
      expect(found).toBeLessThanOrEqual(1000 * part * 1.05);
    }
    expect(percentile(new Map(), 0.5)).toBe(0);
  });
});
