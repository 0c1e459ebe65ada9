/** The server refused: its HTTP status and its `error` object. */
export class HttpError extends Error {
  readonly status: number;
  /** One of the protocol's error codes; `HTTP` if the body was not the protocol's. */
  readonly code: string;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, error: { code: string; message: string; field?: string; retryAfterMs?: number }) {
    super(error.message);
    this.name = 'HttpError';
    this.status = status;
    this.code = error.code;
    this.field = error.field;
    this.retryAfterMs = error.retryAfterMs;
  }
}

/** Paths are below `/api/v1`. Bodies go out and come back as JSON; a refusal rejects with `HttpError`. */
export interface HttpClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** The same exchange, as the bearer of this access token. */
  as(token: string): HttpClient;
}

/** A client for the HTTP routes of the exchange at `url` (`http://host:port`). */
export function http(url: string, token?: string): HttpClient {
  const base = new URL('/api/v1', url).href;
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers['content-type'] = 'application/json';
    const response = await fetch(base + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw refusal(response, text);
    return JSON.parse(text === '' ? 'null' : text);
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    delete: (path) => call('DELETE', path),
    as: (other) => http(url, other),
  };
}

function refusal(response: Response, text: string): HttpError {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const waits = Number.isFinite(seconds) ? { retryAfterMs: seconds * 1000 } : {};
  try {
    const { error } = JSON.parse(text);
    if (typeof error.code === 'string') return new HttpError(response.status, { ...waits, ...error });
  } catch {
    // Not the exchange's own answer: a proxy's page, or nothing at all.
  }
  const message = `HTTP ${response.status}: ${text.slice(0, 200)}`;
  return new HttpError(response.status, { ...waits, code: 'HTTP', message });
}
