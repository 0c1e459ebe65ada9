/** Standard normal quantile at 97.5 %: a two-sided interval of 95 %. */
const Z95 = 1.959963984540054;

/**
 * Wilson (1927) score interval at 95 % for the rate behind k of n. Inside [0, 1] and sensible for tiny n, where
 * the usual ± 1.96 σ is not. With fractional payouts k is their sum, and the interval errs on the wide side,
 * because a payout in [0, 1] varies at most as much as a 0/1 one of the same mean.
 */
export function wilson95(k: number, n: number): [lower: number, upper: number] {
  if (!(n > 0 && k >= 0 && k <= n)) throw new RangeError(`wilson95 needs 0 ≤ k ≤ n and n > 0, got ${k} of ${n}`);
  const z2 = Z95 * Z95;
  const centre = (k + z2 / 2) / (n + z2);
  const half = (Z95 / (n + z2)) * Math.sqrt((k * (n - k)) / n + z2 / 4);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
