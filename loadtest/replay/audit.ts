import { auditView } from '../../src/protocol/httpViews.ts';
import type { HttpClient } from '../../src/sdk/index.ts';
import { patiently } from './patience.ts';

const audited = auditView.pick({
  deposits: true,
  withdrawals: true,
  cash: true,
  held: true,
  escrow: true,
  fees: true,
  house: true,
});

/** Where all money of the exchange is, in micros. */
export interface Audit {
  /** Everything that the accounts, the markets (market makers included), the fees and the house hold together. */
  total: bigint;
  /** What was ever paid in, less what was paid out. */
  paidIn: bigint;
  parts: Record<'cash' | 'held' | 'escrow' | 'fees' | 'house', string>;
}

/** Asks the exchange for its books and adds them up here, so that its own word is not what is believed. */
export async function audit(operator: HttpClient): Promise<Audit> {
  const { deposits, withdrawals, ...parts } = audited.parse(await patiently(() => operator.get('/audit')));
  const total = Object.values(parts).reduce((sum, part) => sum + micros(part), 0n);
  return { total, paidIn: micros(deposits) - micros(withdrawals), parts };
}

/** `"-6.875"` → −6,875,000, whatever its size. */
export function micros(text: string): bigint {
  const negative = text.startsWith('-');
  const [dollars = '', fraction = ''] = text.replace('-', '').split('.');
  const magnitude = BigInt(dollars + fraction.padEnd(6, '0'));
  return negative ? -magnitude : magnitude;
}

/** 6,875,000 → `"6.875000"`. */
export function dollars(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(7, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
