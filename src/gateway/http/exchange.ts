import { STATUS_CODES } from 'node:http';
import { HTTP_STATUS } from '../../protocol/errors.ts';
import { Refusal } from '../services/refusal.ts';
import type { HttpResponse } from '../uws.ts';
import type { Answer } from './answer.ts';

/** Headers of every answer; a route may set others in their place. */
const HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
};

/** One request’s way back: answers once, or never when the client has gone. */
export class Exchange {
  private closed = false;
  private readonly res: HttpResponse;
  private readonly extra: Record<string, string> = {};
  private readonly bodyless: boolean;

  /** Call before anything is awaited. `head`: the request is a HEAD, answered without its body. */
  constructor(res: HttpResponse, head: boolean) {
    this.res = res;
    this.bodyless = head;
    res.onAborted(() => {
      this.closed = true;
    });
  }

  /** A header of whatever will be answered. */
  header(name: string, value: string): void {
    this.extra[name] = value;
  }

  /** Answers; returns the status. `hangUp` closes the connection after it, for requests whose end is unknown. */
  answer(result: Answer | Refusal, hangUp = false): number {
    const answer = result instanceof Refusal ? refused(result) : result;
    if (this.closed) return answer.status;
    this.closed = true;
    this.res.cork(() => this.write(answer, hangUp));
    return answer.status;
  }

  private write(answer: Answer, hangUp: boolean): void {
    const { res } = this;
    const { status, text, body } = answer;
    res.writeStatus(`${status} ${STATUS_CODES[status] ?? ''}`);
    const headers = { ...HEADERS, ...this.extra, ...answer.headers };
    for (const name of Object.keys(headers)) res.writeHeader(name, headers[name] as string);
    for (const cookie of answer.cookies ?? []) res.writeHeader('Set-Cookie', cookie);
    if (text === undefined && body === undefined) {
      // A 204 has no body, nor says how long it would be: an argument, be it undefined, is written as a length. None hangs up.
      if (status === 204) res.endWithoutBody();
      else res.end('', hangUp);
      return;
    }
    res.writeHeader('Content-Type', text?.contentType ?? 'application/json; charset=utf-8');
    const content = text?.content ?? JSON.stringify(body);
    if (this.bodyless) res.endWithoutBody(Buffer.byteLength(content), hangUp);
    else res.end(content, hangUp);
  }
}

function refused({ error }: Refusal): Answer {
  const { code, message, field, retryAfterMs, limit } = error;
  const seconds = retryAfterMs === undefined ? undefined : String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  return {
    status: HTTP_STATUS[code],
    body: { error: { code, message, field, retryAfterMs, limit } },
    ...(seconds !== undefined && { headers: { 'Retry-After': seconds } }),
  };
}
