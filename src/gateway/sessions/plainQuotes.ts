import { QUOTES_MAX, type Request } from '../../protocol/requests.ts';
import { DECIMAL } from '../../protocol/units.ts';

const MARKET = /^[a-z0-9-]{1,64}$/;
const GROUP = /^[A-Za-z0-9_.:-]{1,36}$/;
const OUTCOME_LENGTH_MAX = 64;

const isDecimal = (value: unknown): boolean => typeof value === 'string' && DECIMAL.test(value);

/** One side of a quote: a price and a size and nothing else, or null. */
function isPlainSide(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const fields = value as Record<string, unknown>;
  if (!isDecimal(fields.price) || !isDecimal(fields.size)) return false;
  for (const field in fields) if (field !== 'price' && field !== 'size') return false;
  return true;
}

function isPlainQuote(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  if (typeof fields.market !== 'string' || !MARKET.test(fields.market)) return false;
  for (const field in fields) {
    if (field === 'bid' || field === 'ask') {
      if (!isPlainSide(fields[field])) return false;
    } else if (field === 'outcome') {
      const { outcome } = fields;
      if (typeof outcome !== 'string' || outcome.length < 1 || outcome.length > OUTCOME_LENGTH_MAX) return false;
    } else if (field === 'against') {
      if (typeof fields.against !== 'boolean') return false;
    } else if (field !== 'market') return false;
  }
  return true;
}

function isPlainList(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 1 || value.length > QUOTES_MAX) return false;
  for (let i = 0; i < value.length; i++) if (!isPlainQuote(value[i])) return false;
  return true;
}

/**
 * Whether a parsed JSON value is a valid mass quote: what the schema would say, for the message that a market maker sends all day.
 * False only means: ask the schema. A test holds the two together.
 */
export function isPlainQuotes(message: unknown): message is Extract<Request, { op: 'quotes' }> {
  if (typeof message !== 'object' || message === null) return false;
  const fields = message as Record<string, unknown>;
  if (fields.op !== 'quotes') return false;
  for (const field in fields) {
    const value = fields[field];
    if (field === 'id' || field === 'deadline') {
      if (!Number.isSafeInteger(value) || (value as number) < 0) return false;
    } else if (field === 'group') {
      if (typeof value !== 'string' || !GROUP.test(value)) return false;
    } else if (field === 'quotes') {
      if (!isPlainList(value)) return false;
    } else if (field === 'timing' || field === 'budget') {
      if (typeof value !== 'boolean') return false;
    } else if (field !== 'op') return false;
  }
  return fields.id !== undefined && fields.group !== undefined && fields.quotes !== undefined;
}
