import { Decimal } from 'decimal.js';

/**
 * decimal.js, made to answer faster: its exp reduces its argument and adds up the series anew every time. Here
 * x = whole + part/256 + rest, the first two powers are looked up, and a rest within 1/512 needs few terms.
 */
const PARTS = 256;
/** With more digits than this, the tables would fill up with what is asked for once in a lifetime. */
const TABLE_DIGITS_MAX = 68;

type Tables = {
  /** e^whole, of the few thousand that an {@link ExponentialSum} asks for: above 10^−(digits + 43) and below e^1000. */
  wholes: Map<number, Decimal>;
  /** e^(part/256), 0 ≤ part < 256. */
  parts: Map<number, Decimal>;
  /** 1/k! for the terms of the series that matter. */
  inverseFactorials: Decimal[];
};

/** e^x to all but the last two or three of the digits. */
export function decimalExp(x: Decimal, digits: number): Decimal {
  const Real = decimalOf(digits);
  if (digits > TABLE_DIGITS_MAX) return new Real(x).exp();
  const { wholes, parts, inverseFactorials } = tablesOf(digits);
  const steps = Math.round(x.toNumber() * PARTS);
  // Exact: x has `digits` digits, and steps/256 has eight decimal places.
  const rest = x.minus(new Real(steps).div(PARTS));
  let series = inverseFactorials.at(-1)!;
  for (let k = inverseFactorials.length - 2; k >= 0; k--) series = series.times(rest).plus(inverseFactorials[k]!);
  const whole = Math.floor(steps / PARTS);
  const part = steps - whole * PARTS;
  const power = lookUp(wholes, whole, () => new Real(whole).exp());
  return part === 0
    ? power.times(series)
    : power.times(lookUp(parts, part, () => new Real(part).div(PARTS).exp())).times(series);
}

function lookUp(table: Map<number, Decimal>, key: number, compute: () => Decimal): Decimal {
  let known = table.get(key);
  if (known === undefined) {
    known = compute();
    table.set(key, known);
  }
  return known;
}

const tables = new Map<number, Tables>();

function tablesOf(digits: number): Tables {
  let found = tables.get(digits);
  if (found === undefined) {
    const Real = decimalOf(digits);
    const inverseFactorials = [new Real(1)];
    // The first term left out, (1/512)^k/k!, is below the last digit.
    for (let k = 1, term = 1; term > 10 ** -digits; k++) {
      inverseFactorials.push(inverseFactorials[k - 1]!.div(k));
      term /= 2 * PARTS * (k + 1);
    }
    found = { wholes: new Map(), parts: new Map(), inverseFactorials };
    tables.set(digits, found);
  }
  return found;
}

const contexts = new Map<number, typeof Decimal>();

/** A decimal.js constructor of its own: a precision set elsewhere in the process cannot reach it. */
export function decimalOf(digits: number): typeof Decimal {
  let context = contexts.get(digits);
  if (context === undefined) {
    context = Decimal.clone({ defaults: true, precision: digits });
    contexts.set(digits, context);
  }
  return context;
}
