import { expect, test } from 'vitest';
import { HASHES_AT_ONCE, OVERLOADED, PasswordHasher } from '../../src/gateway/auth/passwordHasher.ts';

const COST = 4;

test('a password matches its hash and no other', async () => {
  const hasher = new PasswordHasher(COST);
  const hash = String(await hasher.hash('right'));
  expect(hash).toMatch(/^\$2b\$04\$/);
  expect(await hasher.matches('right', hash)).toBe(true);
  expect(await hasher.matches('wrong', hash)).toBe(false);
  expect(await hasher.matches('right', undefined)).toBe(false);
});

test('an unknown user costs as much work as a known one', async () => {
  // The cost is in the hash: that of the dummy must be one that bcrypt really computes.
  const hasher = new PasswordHasher(9);
  const hash = String(await hasher.hash('right'));
  const cpu = async (given: string | undefined) => {
    const before = process.cpuUsage();
    for (let i = 0; i < 6; i++) await hasher.matches('wrong', given);
    const { user } = process.cpuUsage(before);
    return user;
  };
  await cpu(hash);
  const known = await cpu(hash);
  const unknown = await cpu(undefined);
  expect(unknown).toBeGreaterThan(known / 3);
  expect(unknown).toBeLessThan(known * 3);
});

test('more than may wait are refused at once, and the rest are served in their order', async () => {
  const hasher = new PasswordHasher(COST, 3);
  const order: number[] = [];
  const asked = Array.from({ length: HASHES_AT_ONCE + 3 + 2 }, (_, i) =>
    hasher.hash(`password ${i}`).then((hash) => {
      order.push(i);
      return hash;
    }),
  );
  const hashes = await Promise.all(asked);
  expect(hashes.map((hash) => hash === OVERLOADED)).toEqual([...Array(HASHES_AT_ONCE + 3).fill(false), true, true]);
  expect(order.slice(0, 2).sort()).toEqual([HASHES_AT_ONCE + 3, HASHES_AT_ONCE + 4]);
  expect(await hasher.hash('free again')).not.toBe(OVERLOADED);
});
