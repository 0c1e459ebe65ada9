import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** RFC 6455 §1.3. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The opening handshake of RFC 6455 §4.1. Offers no extension and no subprotocol, so an answer with one is refused. */
export function upgrade(url: string, headers: Record<string, string>): Promise<{ socket: Socket; head: Buffer }> {
  const target = new URL(url);
  const secure = target.protocol === 'wss:';
  if (!secure && target.protocol !== 'ws:') throw new TypeError(`not a WebSocket URL: ${url}`);
  target.protocol = secure ? 'https:' : 'http:';
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1')
    .update(key + ACCEPT_GUID)
    .digest('base64');
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(target, {
      agent: false,
      timeout: HANDSHAKE_TIMEOUT_MS,
      headers: {
        ...headers,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
      },
    });
    request.on('timeout', () => request.destroy(new Error(`${url}: no answer to the WebSocket handshake`)));
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      request.destroy();
      reject(new Error(`${url}: HTTP ${response.statusCode} instead of a WebSocket`));
    });
    request.on('upgrade', (response, socket, head) => {
      const fault = faultOf(response, accept);
      if (fault === undefined && isTcp(socket)) {
        socket.setTimeout(0);
        resolve({ socket, head });
      } else {
        socket.destroy();
        reject(new Error(`${url}: WebSocket handshake refused: ${fault ?? 'not a TCP connection'}`));
      }
    });
    request.end();
  });
}

function faultOf({ headers }: IncomingMessage, accept: string): string | undefined {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return 'no Upgrade: websocket';
  if (headers['sec-websocket-accept'] !== accept) return 'wrong Sec-WebSocket-Accept';
  if (headers['sec-websocket-extensions'] !== undefined) return 'an extension that was not offered';
  if (headers['sec-websocket-protocol'] !== undefined) return 'a subprotocol that was not offered';
  return undefined;
}

const isTcp = (stream: Duplex): stream is Socket => 'setNoDelay' in stream;
