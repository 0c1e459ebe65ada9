import { tally } from '../run/tally.ts';

/** Refusals that trading has: others were faster, one’s own order is in the way, the money is gone. */
const TRADING = new Set([
  'SELF_TRADE',
  'POST_ONLY_WOULD_TRADE',
  'INSUFFICIENT_FUNDS',
  'FOK_NOT_FILLED',
  'NO_LIQUIDITY',
  'UNKNOWN_ORDER',
  'CONFLICT',
]);

export const isTrading = (code: string): boolean => TRADING.has(code);

/** Counts what became of a request, or of one of a batch. */
export function judge(
  answer: { ok: boolean; error?: { code: string; message: string } | undefined },
  what: string,
): void {
  if (answer.ok) return tally.fine();
  const { code = 'none', message = '' } = answer.error ?? {};
  if (isTrading(code)) tally.refused(code);
  else tally.failed(`${what}: ${code} ${message}`);
}
