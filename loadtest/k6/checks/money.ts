/** `"-6.875"` → −6,875,000 micros: exact up to nine billion dollars. */
export function microsOf(money: string): number {
  const isNegative = money.startsWith('-');
  const [dollars = '', fraction = ''] = (isNegative ? money.slice(1) : money).split('.');
  const micros = Number(dollars) * 1_000_000 + Number(fraction.padEnd(6, '0'));
  return isNegative ? -micros : micros;
}

/** `"12.5"` → 1,250 lots; 0 is one of them. */
export function lotsOf(size: string): number {
  const [shares = '', fraction = ''] = size.split('.');
  return Number(shares) * 100 + Number(fraction.padEnd(2, '0'));
}
