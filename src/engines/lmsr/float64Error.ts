/**
 * # How far float64 can be off
 *
 * Every answer of this folder is an integer that is a rounding of a real number. Float64 finds the real number up to
 * an error that is bounded *here*; if all numbers within that error round to the same integer, that integer is the
 * answer, and no machine can come to another one. Otherwise `exponentialSum.ts` decides with as many digits as it takes.
 *
 * ## Model
 * u = 2⁻⁵³. `+ − × ÷` of IEEE 754 return the exact result times (1 + δ), |δ| ≤ u. Integers below 2⁵³, their sums and
 * differences are exact. ECMAScript promises nothing about the last bits of `exp, expm1, log, log1p`, and engines do
 * differ; we grant each of them **a thousand ulps**, i.e. a relative error of 1000 · 2⁻⁵² = 2000u. (Real libraries stay
 * below 2u; a test runs everything with functions that are wrong by 900 ulps and expects the same integers.)
 * Errors below are in units of u and of first order; their products are below (10⁴u)² ≈ 10⁻²⁴ and vanish in the slack.
 *
 * ## Odds against outcome i: W = Σ_{j≠i} e^{(q_j − q_i)/b}
 * | step                                  | relative error                                                        |
 * |---------------------------------------|-----------------------------------------------------------------------|
 * | t = (q_j − q_i)/b                     | 1 (one division), so e^t is off by |t| ≤ 700                          |
 * | exp                                   | 2000                                                                  |
 * | sum of n − 1 ≤ 255 positive terms     | largest term error + 254                                              |
 * | **W**                                 | 2954, rounded up to **2960**                                          |
 *
 * This holds while W lies in [10⁻²⁰⁰, 10²⁰⁰]: a term with t > 700 alone would exceed that range, and terms with
 * t < −700, of which we claim nothing relative, add less than 256 · 10⁻³⁰⁴.
 *
 * ## Cost of a trade, on the unlikelier side
 * With p = 1/(1 + W) and x = Δ/b, buying costs b·ln(1 − p + p·eˣ). Write π = min(p, 1 − p) and
 *
 *     rise(π, x) =  log1p(π · expm1( x))        fall(π, x) = −log1p(π · expm1(−x))        rise(1 − π, x) + fall(π, x) = x
 *
 * so that every trade is one of these two on the side of π ≤ ½, plus possibly the whole number Δ of units:
 *
 *     |           | p ≤ ½ (W ≥ 1) | p > ½ (W < 1)  |        because ln(1 − p + p·eˣ) = x + ln(p + (1 − p)·e⁻ˣ)
 *     | buy costs |   b·rise      |   Δ − b·fall   |
 *     | sell pays |   b·fall      |   Δ − b·rise   |
 *
 * Nothing is lost to cancellation: whichever side an outcome is on, the part that is computed is the small one, and Δ
 * is an integer. Relative errors:
 * | step                 | rise                                                  | fall                                   |
 * |----------------------|-------------------------------------------------------|----------------------------------------|
 * | π from W             | 2960 + 2                                              | 2960 + 2                               |
 * | x = Δ/b through expm1| x·eˣ/(eˣ − 1) ≤ 1 + x ≤ 701                           | x/(eˣ − 1) ≤ 1                         |
 * | expm1, product       | 2000 + 1                                              | 2000 + 1                               |
 * | y = π · expm1(±x)    | 5664                                                  | 4964                                   |
 * | through log1p        | y/((1 + y)·ln(1 + y)) ≤ 1 → 5664                      | worst at y = −½: 1/ln 2 → 7162         |
 * | log1p, · b, ± margin | 2000 + 1 + 2                                          | 2000 + 1 + 2                           |
 * | **sum**              | 7667                                                  | 9165                                   |
 *
 * Both are below **9216**. The inverse, Δ = b·log1p(expm1(X/b)·(1 + W)), has the errors of `rise`.
 *
 * ## Size that moves the price to T: b·ln(ρW), ρ = T/(1 − T)
 * ρW is off by 2960 + 3, which the logarithm turns into an absolute 2963; log itself and the product with b add
 * 2001 · |ln(ρW)|. Hence the margin b·(2976 + 2048·|ln ρW|).
 *
 * ## Price after a trade
 * The odds after it are W′ = W·e^{∓x}, which is W/(1 + E) on the unlikelier side and W·(1 + E) on the other, with the
 * E = expm1(±x) that the cost needs anyway. Rising, E > 0 and 1 + E is off by at most E's 701 + 2000, and its own 1.
 * Falling, E ∈ (−1, 0) is off by an absolute 2001 at most, which is 2001/(1 + E) of 1 + E. With W, the product with
 * the level's numerator and the quotient (2963), the level's margin (2): below **6144 / min(1, 1 + E)**, which is 10⁻⁶
 * at most while 1 + E ≥ 2⁻²⁰; for falls deeper than that the odds are computed anew.
 *
 * ## C(q) by log-sum-exp, for states so skewed that W leaves its range
 * C(q) = m + b·ln S, m = max q, S = Σ e^{(q_j − m)/b} ∈ [1, 256]. S is off by a relative 2960 (as W; what underflows
 * was below 10⁻³⁰³), ln S by an absolute 2960 + 2000 · ln 256 = 14052; the difference of two such, its product with b
 * and ± margin stay below 28,160, rounded up to **2¹⁵**. m is an integer and is kept apart.
 */
const U = 2 ** -53;

/** Odds outside this range are left to exact arithmetic: prices below 10⁻²⁰⁰. */
export const ODDS_MIN = 1e-200;
export const ODDS_MAX = 1e200;
/** Trades larger than 700·b are left to exact arithmetic: expm1 would overflow at 709. */
export const EXPONENT_MAX = 700;
/** Spends beyond 200·b are searched for: expm1(200)·ODDS_MAX is finite. */
export const SPEND_EXPONENT_MAX = 200;

/** Of the odds, with two more roundings for what they are compared with. */
export const ODDS_ERROR = 3072 * U;
/** Of the odds after a trade, if divided by min(1, 1 + E). */
export const AFTER_ERROR = 6144 * U;
export const FACTOR_MIN = 2 ** -20;
/** Of e^t/Σe^t: a term (2701), the sum (2960), product, quotient, ± margin. */
export const SHARE_ERROR = 6144 * U;
/** Of rise, fall and the inverse, times b. */
export const TRADE_ERROR = 9216 * U;
/** Of b·ln(ρW): `b · (LEVEL_ERROR + LEVEL_ERROR_PER_LOG · |ln ρW|)`, absolute. */
export const LEVEL_ERROR = 2976 * U;
export const LEVEL_ERROR_PER_LOG = 2048 * U;
/** Of ln S′ − ln S, absolute. */
export const LOG_SUM_ERROR = 2 ** 15 * U;
