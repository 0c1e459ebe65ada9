import { expect } from 'vitest';
import type * as z from 'zod';
import type { WireError } from '../../../src/protocol/errors.ts';
import { HTTP_STATUS } from '../../../src/protocol/errors.ts';
import { errorView } from '../../../src/protocol/http.ts';
import { exactly } from './exactly.ts';

export type Call = { token?: string | undefined; body?: unknown; raw?: string; headers?: Record<string, string> };
export type Reply = { status: number; headers: Headers; text: string; json: unknown };

/** One request below /api/v1; the answer as it is. */
export async function request(url: string, method: string, path: string, call: Call = {}): Promise<Reply> {
  const headers: Record<string, string> = { ...call.headers };
  if (call.token !== undefined) headers.authorization = `Bearer ${call.token}`;
  const body = call.raw ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
  const response = await fetch(`${url}/api/v1${path}`, { method, headers, ...(body !== undefined && { body }) });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

/** HTTP as one account, or as nobody. */
export class Api {
  readonly url: string;
  readonly token: string | undefined;

  constructor(url: string, token?: string) {
    this.url = url;
    this.token = token;
  }

  /** A request that is answered with `status` and exactly the schema's shape. */
  async call<T extends z.ZodType>(
    schema: T,
    status: number,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.output<T>> {
    const reply = await request(this.url, method, path, { token: this.token, body });
    expect(`${method} ${path} ${reply.status} ${reply.status === status ? '' : reply.text}`).toBe(
      `${method} ${path} ${status} `,
    );
    return exactly(schema, reply.json);
  }

  get<T extends z.ZodType>(schema: T, path: string): Promise<z.output<T>> {
    return this.call(schema, 200, 'GET', path);
  }

  /** A request that is refused: its error, with the status that its code has. */
  async refused(method: string, path: string, body?: unknown): Promise<WireError> {
    return refusalOf(await request(this.url, method, path, { token: this.token, body }));
  }
}

/** The error of an answer that is a refusal, checked against the status that belongs to its code. */
export function refusalOf(reply: Reply): WireError {
  const { error } = exactly(errorView, reply.json);
  expect(reply.status).toBe(HTTP_STATUS[error.code]);
  return error as WireError;
}
