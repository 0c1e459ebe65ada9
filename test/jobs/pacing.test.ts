import { expect, test } from 'vitest';
import { Busy, Pacing, WAITING_MAX } from '../../src/jobs/reports/pacing.ts';

test('one piece of work follows the other, and a failed one holds up nobody', async () => {
  const pacing = new Pacing();
  const order: string[] = [];
  const work = (name: string) =>
    pacing.run(async (slices) => {
      order.push(`${name} begins`);
      await slices.run(() => {});
      order.push(`${name} ends`);
      if (name === 'b') throw new Error('b failed');
      return name;
    });
  expect(await Promise.allSettled([work('a'), work('b'), work('c')])).toMatchObject([
    { value: 'a' },
    { reason: { message: 'b failed' } },
    { value: 'c' },
  ]);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('more than may wait are refused at once, and taken again later', async () => {
  const pacing = new Pacing();
  const waiting = Array.from({ length: WAITING_MAX }, (_, i) => pacing.run(async () => i));
  await expect(pacing.run(async () => -1)).rejects.toThrow(Busy);
  expect((await Promise.all(waiting)).at(-1)).toBe(WAITING_MAX - 1);
  await expect(pacing.run(async () => 1)).resolves.toBe(1);
});
