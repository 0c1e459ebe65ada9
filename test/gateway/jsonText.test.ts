import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JsonText, piece } from '../../src/gateway/jsonText.ts';
import { formatMoney, formatPrice, formatSize, ORDER_LOTS_MAX } from '../../src/protocol/units.ts';

const out = new JsonText();
const written = (write: (out: JsonText) => void): string => {
  out.begin();
  out.reserve(64);
  write(out);
  return out.end();
};
const check = <T>(values: fc.Arbitrary<T>, holds: (value: T) => void) =>
  fc.assert(
    fc.property(values, (value) => {
      holds(value);
    }),
    { numRuns: 2_000 },
  );
/** Of every length, not only long ones. */
const integers = (max: number) =>
  fc
    .oneof(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 2 ** 31 }), fc.maxSafeNat())
    .map((n) => n % (max + 1));
const WIDE = Number.MAX_SAFE_INTEGER;

test('integers, money and sizes are written as the texts of everything else', () => {
  for (const value of [0, 9, 10, 999_999_999, 1_000_000_000, 10 ** 15, WIDE - 1]) {
    expect(written((out) => out.integer(value))).toBe(String(value));
    expect(written((out) => out.money(value))).toBe(formatMoney(value));
    expect(written((out) => out.money(-value))).toBe(formatMoney(-value));
  }
  check(integers(WIDE - 1), (value) => {
    expect(written((out) => out.integer(value))).toBe(String(value));
    expect(written((out) => out.money(value))).toBe(formatMoney(value));
    expect(written((out) => out.money(-value))).toBe(formatMoney(-value));
  });
  check(integers(ORDER_LOTS_MAX), (lots) => expect(written((out) => out.size(lots))).toBe(formatSize(lots)));
});

test('so is every price', () => {
  for (let ticks = 0; ticks <= 10_000; ticks++) expect(written((out) => out.price(ticks))).toBe(formatPrice(ticks));
});

test('pieces are copied, short ones and long ones, and other characters than ASCII arrive whole', () => {
  const long = 'x'.repeat(100);
  const packed = new Int32Array(2);
  new Uint8Array(packed.buffer).set(piece('id-1.2'));
  const text = (other: string) =>
    written((out) => {
      out.ascii('"a":');
      out.put(piece(long));
      out.put(piece(','));
      const bytes = piece(other);
      out.putAny(bytes, bytes.length === other.length);
      out.packed(packed, 0, 6);
    });
  expect(text('yes')).toBe(`"a":${long},yesid-1.2`);
  expect(text('Так 🎯')).toBe(`"a":${long},Так 🎯id-1.2`);
  // What was written before has left nothing behind.
  expect(text('yes')).toBe(`"a":${long},yesid-1.2`);
});

test('it grows, and keeps what it has', () => {
  const part = 'abcdefghij'.repeat(100);
  const text = written((out) => {
    for (let i = 0; i < 50; i++) {
      out.reserve(part.length);
      out.put(piece(part));
    }
  });
  expect(text).toBe(part.repeat(50));
});
