/**
 * All orders of a shard: one row of 16 int32 each (a cache line: a place, fill or cancel touches one), and beside it what only
 * reports and fees need, in three arrays: most orders have traded nothing and never expire, and touch only the first of them.
 * An order id is `generation × 2^24 + slot`: finding an order needs no map, and no id is
 * used twice.
 */
export const ROW = 16;
/**
 * The hot path does not write `slot * ROW` but `(slot & SLOTS) << ROW_SHIFT`, the same for every slot there can be: of a product the
 * compiler checks that it is small and not −0, and each sum with it again; of this it knows the range. 1.08 × the core, 1.03 × the engine.
 */
export const ROW_SHIFT = 4;
export const SLOTS = 2 ** 24 - 1;
export const GENERATION = 0;
/** Row in the market's holder table: whose order it is. */
export const HOLDER = 1;
export const MARKET = 2;
/** See `records/commands.ts`; side, price and outcome in the terms of the order’s book. */
export const TERMS = 3;
export const PRICE = 4;
export const SIZE = 5;
export const FILLED = 6;
/** STATUS | reason << 4; FREE when the row is unused. */
export const STATE = 7;
/** Neighbours at the price level, older and younger; −1 none. NEXT links free rows, too. */
export const PREV = 8;
export const NEXT = 9;
/** Neighbours among the holder's open orders. */
export const MINE_PREV = 10;
export const MINE_NEXT = 11;
/** Lots that shares (not cash) collateralise, and neighbours among the holder's orders that shares cover. */
export const COVERED = 12;
export const COVER_PREV = 13;
export const COVER_NEXT = 14;
/** 1 + entry of the client id that remembers it; 0 none. */
export const CLIENT_REF = 15;

/** Of every order: when it was accepted, as journal time and sequence. */
export const CREATED_ROW = 2;
export const CREATED_AT = 0;
export const CREATED_SEQ = 1;

/** Of orders of which something is filled; zeroes until then. */
export const MONEY_ROW = 3;
/** Σ price × size of its fills (of fills by the maker their exact money), in the terms of its book. */
export const FILLED_MICROS = 0;
/** Micros charged so far, and by how many 10⁻⁸ micros that is more than the exact fee: see `accounts/fees.ts`. */
export const FEES = 1;
export const FEE_SLACK = 2;

export const FREE = 15;
export const SLOTS_MAX = 2 ** 24;
