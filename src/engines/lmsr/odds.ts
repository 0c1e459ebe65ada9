import { fail } from './domain.ts';

/**
 * The odds against an outcome whose quantity is `q_i + shift`: W = Σ_{j≠i} e^{(q_j − q_i − shift)/b} = (1 − p_i)/p_i.
 * All that a trade in one outcome needs to know of an n-outcome market. Relative to q_i no exponential overflows unless
 * the price is below 10⁻³⁰⁸ (then the result is Infinity). Error: see float64Error.ts.
 */
export function oddsAgainst(q: Float64Array, at: number, n: number, b: number, outcome: number, shift: number): number {
  const own = q[at + outcome]! + shift;
  let odds = 0;
  for (let j = 0; j < n; j++) {
    if (j === outcome) continue;
    const lead = q[at + j]! - own;
    if (!Number.isSafeInteger(lead)) fail(`quantities ${q[at + j]} and ${own}`);
    odds += Math.exp(lead / b);
  }
  return odds;
}

/** max q over all outcomes, or over all but one. */
export function largestQuantity(q: Float64Array, at: number, n: number, except = -1): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < n; j++) {
    if (j !== except && q[at + j]! > largest) largest = q[at + j]!;
  }
  return largest;
}

export function smallestQuantity(q: Float64Array, at: number, n: number): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let j = 0; j < n; j++) {
    if (q[at + j]! < smallest) smallest = q[at + j]!;
  }
  return smallest;
}

/** ln Σ e^{(q_j − max q)/b}, in [0, ln n]: C(q) = max q + b·logSum. */
export function logSum(q: Float64Array, at: number, n: number, b: number, largest: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) {
    const lead = q[at + j]! - largest;
    if (!Number.isSafeInteger(lead)) fail(`quantities ${q[at + j]} and ${largest}`);
    sum += Math.exp(lead / b);
  }
  return Math.log(sum);
}
