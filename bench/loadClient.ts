import { openWebSocket, type WebSocketClient } from '../src/sdk/webSocketClient.ts';
import { type Latency, percentiles } from './percentiles.ts';

export type Load = {
  url: string;
  /** One per connection; undefined: no login (the echo server). */
  tokens: (string | undefined)[];
  /** Requests without an answer, per connection. */
  window: number;
  /** Requests in all, after as many as a tenth of it to warm up. */
  requests: number;
  /** The frame of a request: `id` and which connection sends it. */
  frame: (id: number, connection: number) => string;
};
export type LoadResult = { perSecond: number; latencyMs: Latency; refused: number };

/** Keeps `window` requests under way on each connection until all are answered. Bounded by `requests`. */
export async function runLoad(load: Load): Promise<LoadResult> {
  const warmUp = Math.ceil(load.requests / 10);
  const total = load.requests + warmUp;
  const sentAt = new Float64Array(total + load.tokens.length + 1);
  const latency = new Float64Array(load.requests);
  let nextId = load.tokens.length + 1;
  const lastId = load.tokens.length + total;
  let answered = 0;
  let measured = 0;
  let refused = 0;
  let startedAt = 0;
  let end: () => void = () => {};
  let fail: (error: Error) => void = () => {};
  const ended = new Promise<void>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const clients: WebSocketClient[] = [];
  const send = (connection: number): void => {
    if (nextId > lastId) return;
    const id = nextId++;
    sentAt[id - load.tokens.length] = performance.now();
    clients[connection]?.send(load.frame(id, connection));
  };
  const answeredOne = (connection: number, text: string): void => {
    const id = Number.parseInt(text.slice(6, 16), 10);
    if (text.includes('"ok":false', 6)) refused++;
    const now = performance.now();
    answered++;
    if (answered === warmUp) startedAt = now;
    else if (answered > warmUp) latency[measured++] = now - (sentAt[id - load.tokens.length] as number);
    if (answered === total) end();
    else send(connection);
  };
  for (const [connection, token] of load.tokens.entries()) {
    let ready: (text: string) => void = () => {};
    const loggedIn = new Promise<string>((resolve) => {
      ready = resolve;
    });
    let isReady = token === undefined;
    const client = await openWebSocket(`${load.url.replace('http', 'ws')}/ws/v1`, {
      message: (text) => {
        if (isReady) answeredOne(connection, text);
        else {
          isReady = true;
          ready(text);
        }
      },
      closed: (code, reason) => fail(new Error(`connection closed: ${code} ${reason}`)),
    });
    clients.push(client);
    if (token === undefined) continue;
    client.send(JSON.stringify({ id: connection + 1, op: 'auth', token }));
    const answer = await loggedIn;
    if (!answer.includes('"ok":true')) throw new Error(`login refused: ${answer}`);
  }
  for (let slot = 0; slot < load.window; slot++)
    for (let connection = 0; connection < load.tokens.length; connection++) send(connection);
  await ended;
  const seconds = (performance.now() - startedAt) / 1_000;
  fail = () => {};
  for (const client of clients) client.close();
  return { perSecond: load.requests / seconds, latencyMs: percentiles(latency), refused };
}
