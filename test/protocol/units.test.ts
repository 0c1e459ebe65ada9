import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DECIMAL,
  formatAveragePrice,
  formatMillionths,
  formatMoney,
  formatPrice,
  formatSize,
  MONEY_MICROS_MAX,
  NOT_A_DECIMAL,
  NOT_ON_GRID,
  ORDER_LOTS_MAX,
  OUT_OF_RANGE,
  parseDecimal,
  parseMoney,
  parsePrice,
  parseSize,
  TOO_LARGE,
} from '../../src/protocol/units.ts';

/** What the parser must say, by BigInt: exact at any length. */
function reference(text: string, decimals: number, max: number): number {
  if (!DECIMAL.test(text)) return NOT_A_DECIMAL;
  const negative = text.startsWith('-');
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const scaled = BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0'));
  const finer = /[1-9]/.test(fraction.slice(decimals));
  if (negative) return OUT_OF_RANGE;
  if (scaled > BigInt(max)) return TOO_LARGE;
  if (finer) return NOT_ON_GRID;
  return scaled === 0n ? OUT_OF_RANGE : Number(scaled);
}

const decimal = fc.stringMatching(/^-?\d{1,15}(\.\d{1,18})?$/);
const nearby = fc.stringMatching(/^[-+.\de ]{0,12}$/);

describe('a decimal text', () => {
  test('is read as BigInt reads it, whatever its length', () => {
    fc.assert(
      fc.property(
        fc.oneof(decimal, nearby),
        fc.constantFrom(2, 4, 6),
        fc.constantFrom(9_999, 1e9, 1e15),
        (text, d, max) => {
          expect(parseDecimal(text, d, max)).toBe(reference(text, d, max));
        },
      ),
      { numRuns: 5_000 },
    );
  });
  test.each([
    ['', NOT_A_DECIMAL],
    ['.5', NOT_A_DECIMAL],
    ['5.', NOT_A_DECIMAL],
    ['+1', NOT_A_DECIMAL],
    ['1e3', NOT_A_DECIMAL],
    ['1.2.3', NOT_A_DECIMAL],
    ['-', NOT_A_DECIMAL],
    ['١', NOT_A_DECIMAL],
    ['0', OUT_OF_RANGE],
    ['-0.5', OUT_OF_RANGE],
    ['0.005', NOT_ON_GRID],
    ['0.010', 1],
    ['10000000', ORDER_LOTS_MAX],
    ['10000000.01', TOO_LARGE],
    ['999999999999999', TOO_LARGE],
  ])('size %s', (text, expected) => expect(parseSize(text)).toBe(expected));
  test.each([
    ['0.5', 5_000],
    ['0.9999', 9_999],
    ['1', OUT_OF_RANGE],
    ['0', OUT_OF_RANGE],
    ['2', OUT_OF_RANGE],
    ['0.55555', NOT_ON_GRID],
    ['0.550000', 5_500],
  ])('price %s', (text, expected) => expect(parsePrice(text)).toBe(expected));
  test.each([
    ['0.000001', 1],
    ['0.0000001', NOT_ON_GRID],
    ['1000000000', MONEY_MICROS_MAX],
    ['1000000000.000001', TOO_LARGE],
  ])('money %s', (text, expected) => expect(parseMoney(text)).toBe(expected));
});

describe('what is written', () => {
  test('is read back, and is canonical', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), (ticks) => {
        expect(parsePrice(formatPrice(ticks))).toBe(ticks);
        expect(formatPrice(ticks)).toMatch(/^0\.(\d\d|\d\d[1-9]|\d\d\d[1-9])$/);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: ORDER_LOTS_MAX }), (lots) => {
        expect(parseSize(formatSize(lots))).toBe(lots);
        expect(formatSize(lots)).toMatch(/^\d+\.\d\d$/);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MONEY_MICROS_MAX }), (micros) => {
        expect(parseMoney(formatMoney(micros))).toBe(micros);
        expect(formatMoney(-micros)).toBe(`-${formatMoney(micros)}`);
      }),
    );
  });
  test('of an average or a probability is what decimal arithmetic gives', () => {
    const lots = fc.integer({ min: 1, max: ORDER_LOTS_MAX });
    fc.assert(
      fc.property(lots, fc.integer({ min: 1, max: 9_999 }), (size, ticks) => {
        const text = formatAveragePrice(ticks * size, size);
        expect(new Decimal(text).equals(new Decimal(ticks).div(10_000))).toBe(true);
        expect(text).toBe(formatPrice(ticks));
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), (millionths) => {
        const text = formatMillionths(millionths);
        expect(new Decimal(text).mul(1_000_000).toNumber()).toBe(millionths);
        expect(text).toMatch(/^[01]\.\d\d(\d{0,3}[1-9])?$/);
      }),
    );
  });
  test('a price, times a size, is money without rounding', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 1, max: ORDER_LOTS_MAX }), (ticks, lots) => {
        const product = new Decimal(formatPrice(ticks)).mul(formatSize(lots));
        expect(new Decimal(formatMoney(ticks * lots)).equals(product)).toBe(true);
        expect(Number.isSafeInteger(ticks * lots)).toBe(true);
      }),
    );
  });
});
