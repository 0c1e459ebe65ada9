import { describe, expect, it } from 'vitest';
import { leastInteger } from '../../src/engines/lmsr/leastInteger.ts';

describe('the least integer', () => {
  // Found by a Math wrong by 900 ulps: low + high passed 2^53, rounded to high, and the search never ended.
  it.each([
    6_065_103_220_191_236,
    Number.MAX_SAFE_INTEGER,
    -Number.MAX_SAFE_INTEGER + 7,
    0,
    -3,
  ])('is found at %d in a few questions', (target) => {
    for (const [low, high] of [
      [target - 3, target],
      [target, Math.min(target + 2, Number.MAX_SAFE_INTEGER)],
      [target - 7, target],
    ] as const) {
      let questions = 0;
      const found = leastInteger(low, high, (candidate) => {
        if (++questions > 4) throw new Error('does not end');
        return candidate >= target;
      });
      expect(found).toBe(target);
    }
  });

  it('is never a negative zero', () => expect(leastInteger(-0, -0, () => true)).toBe(0));
});
