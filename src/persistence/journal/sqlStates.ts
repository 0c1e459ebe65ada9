import { UnsafeDatabase } from '../postgres/safety.ts';
import { Fenced, JournalClosed, JournalCorrupt } from './errors.ts';

/** Classes of SQLSTATE that pass by themselves or by an operator's hand. */
const PASSING_CLASSES = new Set([
  '08', // connection exception
  '53', // insufficient resources: disk full, too many connections
  '57', // operator intervention: shutdown, starting up, statement time-out
  '58', // system error: I/O
  '40', // transaction rolled back: serialisation, deadlock
  '55', // lock not available
]);
/** A primary that has just become a standby; the next attempt finds the new one. */
const READ_ONLY_TRANSACTION = '25006';

/**
 * True for errors after which the identical statement is sent again: everything that is not the server's answer to the
 * statement itself (a lost, silent or refused connection), and answers that pass.
 */
export function isPassing(error: unknown): boolean {
  if (error instanceof Fenced || error instanceof JournalCorrupt || error instanceof JournalClosed) return false;
  if (error instanceof TypeError || error instanceof RangeError) return false;
  if (error instanceof UnsafeDatabase) return error.mayPass;
  const code = sqlState(error);
  return code === null || code === READ_ONLY_TRANSACTION || PASSING_CLASSES.has(code.slice(0, 2));
}

/** Five characters, as the server sends them; Node's own codes (`ECONNRESET`) and the driver's are longer. */
function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && /\d/.test(code) ? code : null;
}
