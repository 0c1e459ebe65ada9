import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll } from 'vitest';

/** What becomes of a text message of the exchange: nothing, itself, something else, or several. */
export type Tamper = (message: string) => string[];

const OPCODE_TEXT = 1;
const FINAL = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

const running = new Set<TamperingProxy>();
afterAll(async () => {
  await Promise.all([...running].map((proxy) => proxy.stop()));
});

/** Passes everything between clients and the exchange on, but for what it does to WebSocket messages of the exchange. */
export class TamperingProxy {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, target: URL, tamper: () => Tamper) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (client) => this.#join(client, target, tamper()));
    running.add(this);
  }

  /** `tamper` is asked for once a connection. */
  static async start(target: string, tamper: () => Tamper): Promise<TamperingProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TamperingProxy(server, new URL(target), tamper);
  }

  async stop(): Promise<void> {
    running.delete(this);
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, { hostname, port }: URL, tamper: Tamper): void {
    const upstream = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes) => upstream.write(bytes));
    const rewrite = rewriter(tamper);
    upstream.on('data', (bytes) => client.write(rewrite(bytes)));
  }
}

/** Turns what an exchange sends into what its client gets. What is not an upgraded connection passes as it is. */
function rewriter(tamper: Tamper): (bytes: Buffer) => Buffer {
  let state: 'head' | 'frames' | 'other' = 'head';
  let waiting = Buffer.alloc(0);
  return (bytes) => {
    if (state === 'other') return bytes;
    waiting = Buffer.concat([waiting, bytes]);
    const out: Buffer[] = [];
    if (state === 'head') {
      const end = waiting.indexOf('\r\n\r\n');
      if (end < 0) return Buffer.alloc(0);
      state = waiting.toString('latin1', 0, 12) === 'HTTP/1.1 101' ? 'frames' : 'other';
      const head = state === 'frames' ? end + 4 : waiting.length;
      out.push(waiting.subarray(0, head));
      waiting = waiting.subarray(head);
    }
    for (let length = frameLength(waiting); length > 0 && length <= waiting.length; length = frameLength(waiting)) {
      out.push(...rewritten(waiting.subarray(0, length), tamper));
      waiting = waiting.subarray(length);
    }
    return Buffer.concat(out);
  };
}

/** Of the frame that begins here, header included; 0 while that is not known. The server’s frames have no mask. */
function frameLength(bytes: Buffer): number {
  const [, short] = bytes;
  if (short === undefined) return 0;
  if (short < LENGTH_16) return 2 + short;
  if (short === LENGTH_16) return bytes.length < 4 ? 0 : 4 + bytes.readUInt16BE(2);
  return bytes.length < 10 ? 0 : 10 + Number(bytes.readBigUInt64BE(2));
}

function rewritten(frame: Buffer, tamper: Tamper): Buffer[] {
  if (frame[0] !== (FINAL | OPCODE_TEXT)) return [frame];
  const [, short = 0] = frame;
  const header = short < LENGTH_16 ? 2 : short === LENGTH_16 ? 4 : 10;
  return tamper(frame.toString('utf8', header)).map(textFrame);
}

function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(payload.length < LENGTH_16 ? 2 : payload.length < 65_536 ? 4 : 10);
  header[0] = FINAL | OPCODE_TEXT;
  header[1] = header.length === 2 ? payload.length : header.length === 4 ? LENGTH_16 : LENGTH_64;
  if (header.length === 4) header.writeUInt16BE(payload.length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([header, payload]);
}
