/**
 * What the steps of one trade know and tell each other, as places in a Float64Array: V8 allocates every double that is
 * passed to a function or returned by one that it does not inline, and a trade allocates nothing.
 */
/** The odds against the outcome. */
export const ODDS = 0;
/** expm1(±|units|/b), + if an outcome of p ≤ ½ is bought or one of p > ½ sold. */
export const GROWTH = 1;
/** The cost is one of the integers LEAST … MOST. */
export const LEAST = 2;
export const MOST = 3;
/** The largest size that can be counted. */
export const LIMIT = 4;
export const KNOWN = 5;
