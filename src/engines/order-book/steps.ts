/** What a step does to a resting order: fill it, cancel it because it expired or is the taker's own, or shrink both. */
export const FILL = 0;
export const EXPIRE = 1;
export const CANCEL_OWN = 2;
export const DECREMENT = 3;
/** A trade with the market's maker: no resting order. */
export const AMM_STEP = 4;
/** Complete sets minted or merged: the legs follow, one for each other outcome. */
export const SET = 5;
export const LEG_STEP = 6;
/** No step: a quote whose group's protection the plan has hit is passed over. */
export const PASS_OVER = 7;

/** Why a plan ends before its lots are used up. */
export const NO_MORE = 0;
export const OWN_ORDER = 1;
export const BUDGET = 2;
export const STEPS = 3;
/** A reduce-only order, the taker or one in its way, may shrink by what is planned before: execute that, then plan the rest. */
export const AGAIN = 4;
/** The shares that a reduce-only taker was to sell have become cash on the way. */
export const NO_SHARES = 5;
