/**
 * Exact integers inside, decimal strings on the wire.
 *
 * | unit   | inside                    | wire                              |
 * |--------|---------------------------|-----------------------------------|
 * | Ticks  | 1 … 9999, $0.0001 each    | `Price`, `"0.55"`                 |
 * | Lots   | integer, 0.01 share each  | `Size`, `"12.50"`                 |
 * | Micros | safe integer, $0.000001   | `Money`, `"6.875000"`             |
 *
 * `micros = ticks × lots`, so book trading never rounds.
 */
declare const unit: unique symbol;
export type Ticks = number & { readonly [unit]?: 'Ticks' };
export type Lots = number & { readonly [unit]?: 'Lots' };
export type Micros = number & { readonly [unit]?: 'Micros' };

/** Ticks in $1: what a lot of the winning outcome pays, in micros. */
export const TICKS_PER_DOLLAR = 10_000;
export const LOTS_PER_SHARE = 100;
export const MICROS_PER_DOLLAR = 1_000_000;
/** The largest size one order may have: 10 million shares; its cost stays a safe integer with room for 900 such. */
export const ORDER_LOTS_MAX = 1_000_000_000;
/** The largest amount of money one message may name: $1 billion. */
export const MONEY_MICROS_MAX = 1_000_000_000_000_000;

/** Why a decimal string is not a unit; all below 1, which no valid price or size is. */
export const OUT_OF_RANGE = 0;
export const NOT_ON_GRID = -1;
export const TOO_LARGE = -2;
export const NOT_A_DECIMAL = -3;

/** Decimal syntax of the protocol: no exponent, no plus sign, no bare point. */
export const DECIMAL = /^-?\d{1,15}(\.\d{1,18})?$/;
/** What is said of a text that is none. */
export const DECIMAL_WANTED = 'must be a decimal string such as "2.5"';

const ZERO = 48;
const POINT = 46;
const MINUS = 45;

/**
 * Reads a decimal string as an integer of 10^-decimals units without floating point.
 * Returns {@link NOT_A_DECIMAL}, {@link OUT_OF_RANGE} (negative or zero), {@link NOT_ON_GRID} (finer than the unit)
 * or {@link TOO_LARGE} (above `max`) instead of a value.
 */
export function parseDecimal(text: string, decimals: number, max: number): number {
  const length = text.length;
  if (length === 0 || length > 35) return NOT_A_DECIMAL;
  let i = 0;
  const negative = text.charCodeAt(0) === MINUS;
  if (negative) i = 1;
  let value = 0;
  let digits = 0;
  let finer = false;
  let point = -1;
  for (; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code === POINT) {
      if (point >= 0 || digits === 0 || i === length - 1) return NOT_A_DECIMAL;
      point = i;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9) return NOT_A_DECIMAL;
    digits++;
    if (point < 0 || i - point <= decimals) value = value * 10 + digit;
    else if (digit !== 0) finer = true;
    if (value > Number.MAX_SAFE_INTEGER) return negative ? OUT_OF_RANGE : TOO_LARGE;
  }
  if (digits === 0) return NOT_A_DECIMAL;
  for (let fraction = point < 0 ? 0 : length - 1 - point; fraction < decimals; fraction++) value *= 10;
  if (negative) return OUT_OF_RANGE;
  if (value > max) return TOO_LARGE;
  if (finer) return NOT_ON_GRID;
  if (value === 0) return OUT_OF_RANGE;
  return value;
}

/** `"0.55"` → 5500 ticks; {@link OUT_OF_RANGE} outside (0, 1), {@link NOT_ON_GRID} when finer than $0.0001. */
export function parsePrice(text: string): Ticks {
  const ticks = parseDecimal(text, 4, TICKS_PER_DOLLAR - 1);
  if (ticks === TOO_LARGE) return OUT_OF_RANGE;
  return ticks;
}

/** `"12.5"` → 1250 lots; {@link OUT_OF_RANGE} for ≤ 0, {@link NOT_ON_GRID} when finer than 0.01 share, {@link TOO_LARGE}. */
export const parseSize = (text: string): Lots => parseDecimal(text, 2, ORDER_LOTS_MAX);

/** `"6.875"` → 6,875,000 micros; {@link OUT_OF_RANGE} for ≤ 0, {@link NOT_ON_GRID} beyond 6 decimals, {@link TOO_LARGE}. */
export const parseMoney = (text: string): Micros => parseDecimal(text, 6, MONEY_MICROS_MAX);

const PRICE_TEXT: string[] = [];
for (let ticks = 0; ticks <= TICKS_PER_DOLLAR; ticks++) {
  let text = String(ticks).padStart(5, '0');
  text = `${text.slice(0, 1)}.${text.slice(1)}`;
  PRICE_TEXT.push(text.endsWith('00') ? text.slice(0, -2) : text.endsWith('0') ? text.slice(0, -1) : text);
}

/** 5500 → `"0.55"`, 5555 → `"0.5555"`, 5000 → `"0.50"`. `ticks` in 0 … 10,000. */
export const formatPrice = (ticks: Ticks): string => PRICE_TEXT[ticks] as string;

/** A probability in millionths → price text of at least two decimals: 555,500 → `"0.5555"`. For prices between ticks. */
export function formatMillionths(millionths: number): string {
  let text = formatMoney(millionths);
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO && text.charCodeAt(end - 3) !== POINT) end--;
  text = text.slice(0, end);
  return text;
}

/** 1250 → `"12.50"`; 0 → `"0.00"`. */
export function formatSize(lots: Lots): string {
  const shares = Math.floor(lots / 100);
  const rest = lots - shares * 100;
  return rest < 10 ? `${shares}.0${rest}` : `${shares}.${rest}`;
}

/** 6,875,000 → `"6.875000"`, −1 → `"-0.000001"`. */
export function formatMoney(micros: Micros): string {
  const magnitude = Math.abs(micros);
  const dollars = Math.floor(magnitude / MICROS_PER_DOLLAR);
  const rest = String(magnitude - dollars * MICROS_PER_DOLLAR).padStart(6, '0');
  return micros < 0 ? `-${dollars}.${rest}` : `${dollars}.${rest}`;
}

/** `micros / lots` as a price text, rounded half up to six decimals: average prices are for reading, not for money. */
export function formatAveragePrice(micros: Micros, lots: Lots): string {
  return formatMillionths(Math.round(micros / (lots / 100)));
}
