/**
 * Every account’s cash: a row of four f64 (half a cache line) by account number. `balance = available + held`, both ≥ 0;
 * the house's balance may be negative: it is the operator's own money, spent on market makers.
 */
export const ACCOUNT_ROW = 4;
export const BALANCE = 0;
/** Cash that open orders require. */
export const HELD = 1;
export const OPEN_ORDERS = 2;
/** 0 no such account; else 1 | BLOCKED | limit of open orders × 4 (0: LIMITS.openOrdersPerAccount). */
export const SETTINGS = 3;
export const EXISTS = 1;
/** New orders are refused. */
export const BLOCKED = 2;
