import * as z from 'zod';
import { answers, failure } from './answers.ts';
import { CLOSE, ERROR_CODES } from './errors.ts';
import * as http from './http.ts';
import { request } from './requests.ts';
import { streams } from './streams.ts';

/** Version of the protocol; the path `/ws/v1` and `/api/v1` carry its major part. */
export const PROTOCOL_VERSION = '1.0';

/** Every schema as one JSON document: what the protocol test hashes, so that a change asks for a new version. */
export function protocolDocument(): string {
  const schema = (type: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(type, { io });
  const all = (types: Record<string, z.ZodType>, io: 'input' | 'output') =>
    Object.fromEntries(Object.entries(types).map(([name, type]) => [name, schema(type, io)]));
  const bodies = Object.fromEntries(Object.entries(http).filter(([, value]) => value instanceof z.ZodType));
  return JSON.stringify({
    request: schema(request, 'input'),
    answers: all(answers, 'output'),
    failure: schema(failure, 'output'),
    streams: all(streams, 'output'),
    http: all(bodies as Record<string, z.ZodType>, 'input'),
    errors: ERROR_CODES,
    close: CLOSE,
  });
}
