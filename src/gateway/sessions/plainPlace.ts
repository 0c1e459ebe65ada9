import { STP } from '../../engines/records/commands.ts';
import type { Request } from '../../protocol/requests.ts';
import { DECIMAL } from '../../protocol/units.ts';

const MARKET = /^[a-z0-9-]{1,64}$/;
const CLIENT_ORDER_ID = /^[A-Za-z0-9_.:-]{1,36}$/;
const OUTCOME_LENGTH_MAX = 64;

/** Every field of an order with what the schema asks of it. */
function isPlain(field: string, value: unknown): boolean {
  switch (field) {
    case 'id':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'op':
      return value === 'place';
    case 'market':
      return typeof value === 'string' && MARKET.test(value);
    case 'side':
      return value === 'buy' || value === 'sell';
    case 'outcome':
      return typeof value === 'string' && value.length >= 1 && value.length <= OUTCOME_LENGTH_MAX;
    case 'type':
      return value === 'limit' || value === 'market';
    case 'size':
    case 'price':
    case 'maxCost':
      return typeof value === 'string' && DECIMAL.test(value);
    case 'tif':
      return value === 'GTC' || value === 'IOC' || value === 'FOK' || value === 'GTD';
    case 'clientOrderId':
      return typeof value === 'string' && CLIENT_ORDER_ID.test(value);
    case 'postOnly':
    case 'reduceOnly':
    case 'against':
    case 'timing':
    case 'budget':
      return typeof value === 'boolean';
    case 'stp':
      return typeof value === 'string' && Object.hasOwn(STP, value);
    case 'deadline':
    case 'expiresAt':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    default:
      return false;
  }
}

/**
 * Whether a parsed JSON value is a valid order: what the schema would say, in a tenth of its time (0.09 against 0.97 µs), for
 * the one message whose rate matters. False only means: ask the schema. A test holds the two together.
 */
export function isPlainPlace(message: unknown): message is Extract<Request, { op: 'place' }> {
  if (typeof message !== 'object' || message === null) return false;
  const fields = message as Record<string, unknown>;
  if (fields.op !== 'place') return false;
  // The fields that must be there.
  if (fields.id === undefined || fields.market === undefined) return false;
  if (fields.side === undefined || fields.size === undefined) return false;
  for (const field in fields) if (!isPlain(field, fields[field])) return false;
  // The schema's default.
  fields.type ??= 'limit';
  return true;
}
