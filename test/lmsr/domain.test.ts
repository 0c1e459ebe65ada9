import { describe, expect, it } from 'vitest';
import { bundleCostCeil, costCeil } from '../../src/engines/lmsr/cost.ts';
import { LmsrDomainError } from '../../src/engines/lmsr/domain.ts';
import { ExponentialSum } from '../../src/engines/lmsr/exponentialSum.ts';
import {
  buyCostCeil,
  comparePrice,
  fundingCeil,
  lotsForSpend,
  lotsToBuyUpTo,
  lotsToSellDownTo,
  priceMillionths,
  sellProceedsFloor,
  topUpQuantities,
} from '../../src/engines/lmsr/lmsr.ts';

const q = Float64Array.of(0, 0);

describe('what the mathematics refuses', () => {
  it.each([
    ['one outcome', () => buyCostCeil(q, 1, 100, 0, 1)],
    ['257 outcomes', () => buyCostCeil(new Float64Array(257), 257, 100, 0, 1)],
    ['more outcomes than there are', () => buyCostCeil(q, 3, 100, 0, 1)],
    ['an offset past the end', () => buyCostCeil(q, 2, 100, 0, 1, 1)],
    ['no liquidity', () => buyCostCeil(q, 2, 0, 0, 1)],
    ['half a lot of liquidity', () => buyCostCeil(q, 2, 0.5, 0, 1)],
    ['liquidity worth 2⁵³ micros', () => buyCostCeil(q, 2, 2 ** 40, 0, 1)],
    ['an outcome that is none', () => buyCostCeil(q, 2, 100, 2, 1)],
    ['half a lot', () => buyCostCeil(q, 2, 100, 0, 0.5)],
    ['not a number', () => buyCostCeil(q, 2, 100, 0, Number.NaN)],
    ['a size worth 2⁵³ micros', () => sellProceedsFloor(q, 2, 100, 0, 2 ** 40)],
    ['quantities too far apart', () => buyCostCeil(Float64Array.of(2 ** 53, 0), 2, 100, 0, 1)],
    ['quantities of NaN', () => priceMillionths(Float64Array.of(0, Number.NaN), 2, 100, 0)],
    ['a price of 0', () => comparePrice(q, 2, 100, 0, 0)],
    ['a price of 1', () => lotsToBuyUpTo(q, 2, 100, 0, 1_000_000)],
    ['half a millionth', () => lotsToSellDownTo(q, 2, 100, 0, 0.5)],
    ['a negative spend', () => lotsForSpend(q, 2, 100, 0, -1)],
    ['a worst loss of 2⁵³ micros', () => fundingCeil(Float64Array.of(2 ** 50, 0), 2, 100)],
    ['a bundle of another market', () => bundleCostCeil(q, 0, 2, 100, 1, new Float64Array(3))],
    ['a top-up to less', () => topUpQuantities(q, 2, 100, 99)],
  ])('%s', (_, call) => expect(call).toThrow(LmsrDomainError));

  it('nothing that markets come to by trading', () => {
    const skewed = Float64Array.of(0, 9_000_000, -9_000_000);
    for (const outcome of [0, 1, 2]) {
      expect(buyCostCeil(skewed, 3, 100, outcome, 1)).toBe(outcome === 1 ? 10_000 : 1);
      expect(sellProceedsFloor(skewed, 3, 100, outcome, 1)).toBe(outcome === 1 ? 9_999 : 0);
    }
    // From e^−180,000 to certainty: the cost is a set per lot beyond the middle, and a trace.
    expect(buyCostCeil(skewed, 3, 100, 2, 20_000_000)).toBe(2_000_000 * 10_000 + 1);
    expect(costCeil(Float64Array.of(0, 9_000_000), 0, 2, 100, 10_000, 0, 20_000_000)).toBe(11_000_000 * 10_000);
    expect(costCeil(Float64Array.of(0, 9_000_000), 0, 2, 100, 10_000, 0, 18_000_000)).toBe(9_000_000 * 10_000);
    expect(costCeil(Float64Array.of(0, 9_000_000), 0, 2, 100, 10_000, 0, 17_000_000)).toBe(8_000_000 * 10_000 + 1);
  });
});

describe('the sign of an exponential sum', () => {
  it('is zero by algebra alone', () => {
    expect(new ExponentialSum().sign(7n)).toBe(0);
    expect(new ExponentialSum().add(3n, 5n).add(-1n, 5n).add(-2n, 5n).sign(7n)).toBe(0);
  });

  it('is found however close to zero', () => {
    // (e^δ − 1)⁸ with δ = 10⁻⁹: 72 decimal places below its terms.
    const sum = new ExponentialSum();
    const binomial = [1n, -8n, 28n, -56n, 70n, -56n, 28n, -8n, 1n];
    binomial.forEach((coefficient, power) => {
      sum.add(coefficient, BigInt(power));
    });
    expect(sum.sign(1_000_000_000n)).toBe(1);
    const odd = new ExponentialSum();
    [-1n, 5n, -10n, 10n, -5n, 1n].forEach((coefficient, power) => {
      odd.add(-coefficient, BigInt(power));
    });
    expect(odd.sign(1_000_000_000_000n)).toBe(-1);
  });

  it('does not depend on how large the exponents are', () => {
    const far = 10n ** 18n;
    expect(
      new ExponentialSum()
        .add(1n, far + 1n)
        .add(-1n, far)
        .add(-1n, -far)
        .sign(1n),
    ).toBe(1);
    expect(
      new ExponentialSum()
        .add(-1n, far + 1n)
        .add(2n, far)
        .sign(1n),
    ).toBe(-1);
  });
});
