import { parseRequest } from '../../protocol/requests.ts';
import type { Identity } from '../auth/identity.ts';
import { Refusal } from '../services/refusal.ts';
import type { GatewayContext } from '../sessions/context.ts';
import { verify } from '../sessions/operations/auth.ts';

/** Who a handshake’s `auth` proves: the fields of an `auth` request, checked as these are. Rejects only when the database cannot be asked. */
export async function handshakeLogin(
  context: GatewayContext,
  address: string,
  auth: Readonly<Record<string, unknown>>,
): Promise<Identity | Refusal> {
  const request = parseRequest({ ...auth, id: 0, op: 'auth' });
  if (!('op' in request)) {
    const { field, problem } = request;
    return new Refusal('INVALID_REQUEST', field === undefined ? problem : `${field}: ${problem}`, {
      ...(field !== undefined && { field }),
    });
  }
  const proof = request.op === 'auth' ? verify(context, address, request) : undefined;
  return proof ?? new Refusal('INVALID_REQUEST', 'give a token, or apiKey, timestamp and signature');
}
