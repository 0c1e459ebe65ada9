import { describe, expect, test } from 'vitest';
import { addressKey, addressText } from '../../src/gateway/limits/address.ts';
import { RateLimits } from '../../src/gateway/limits/rateLimits.ts';
import { TokenBucket, TokenBuckets } from '../../src/gateway/limits/tokenBucket.ts';

describe('a bucket', () => {
  // One token in 512 ms: exact in binary.
  const rate = { perSecond: 1000 / 512, burst: 3 };

  test('gives its burst at once, then as tokens flow in, and says when', () => {
    const bucket = new TokenBucket(rate, 1_000);
    expect([1, 2, 3, 4].map(() => bucket.take(1_000))).toEqual([0, 0, 0, 512]);
    expect(bucket.take(1_511)).toBe(1);
    expect(bucket.take(1_512)).toBe(0);
    expect(bucket.take(1_512)).toBe(512);
  });

  test('holds no more than its burst, however long it waits', () => {
    const bucket = new TokenBucket(rate, 0);
    expect([1, 2, 3, 4].map(() => bucket.take(1e9))).toEqual([0, 0, 0, 512]);
  });

  test('takes several or none, and takes back', () => {
    const bucket = new TokenBucket(rate, 0);
    expect(bucket.take(0, 2)).toBe(0);
    expect(bucket.take(0, 2)).toBe(512);
    expect(bucket.take(0, 1)).toBe(0);
    bucket.giveBack(3);
    expect(bucket.take(0, 3)).toBe(0);
  });

  test('gives nothing for a clock that goes back', () => {
    const bucket = new TokenBucket(rate, 1_000);
    for (let i = 0; i < 3; i++) bucket.take(1_000);
    expect(bucket.take(0)).toBe(512);
    expect(bucket.take(1_512)).toBe(0);
  });
});

test('buckets are apart, and the one unused for longest is forgotten at the limit', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, 2);
  expect(buckets.take('a', 0)).toBe(0);
  expect(buckets.take('b', 0)).toBe(0);
  expect(buckets.take('a', 0)).toBe(1000);
  expect(buckets.take('c', 0)).toBe(0); // forgets b
  expect(buckets.size).toBe(2);
  expect(buckets.take('a', 0)).toBe(1000);
  expect(buckets.take('b', 0)).toBe(0);
});

test('switched off, nothing is limited', () => {
  const off = new RateLimits(false);
  for (let i = 0; i < 1_000; i++) expect(off.take('loginPerUsername', 'a', 0)).toBe(0);
});

test('addresses are written out, and counted by what one subscriber has', () => {
  const text = (...bytes: number[]) => addressText(Uint8Array.from(bytes).buffer);
  const zeros = (count: number) => new Array<number>(count).fill(0);
  expect(text(127, 0, 0, 1)).toBe('127.0.0.1');
  expect(text(...zeros(10), 255, 255, 10, 1, 2, 3)).toBe('10.1.2.3');
  const six = text(0x20, 1, 0x0d, 0xb8, 0, 1, 0, 2, ...zeros(7), 9);
  expect(six).toBe('2001:db8:1:2:0:0:0:9');
  expect(addressKey(six)).toBe('2001:db8:1:2');
  expect(addressKey('10.1.2.3')).toBe('10.1.2.3');
});
