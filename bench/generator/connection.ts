import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { pong } from './ring.ts';

export type Message = (bytes: Buffer, start: number, end: number, now: number) => void;

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const HANDSHAKE_MS_MAX = 30_000;
/** Read into by all connections: what is read has been used, or copied, before the next one reads. */
const shared = Buffer.allocUnsafe(256 * 1024);
/** One address of the loopback has some 28,000 ports; spread, ten thousand sockets never wait for one to be free again. */
const LOCAL_ADDRESSES = 16;
let opened = 0;

/**
 * One WebSocket of the generator: no events, no strings, no copies. Frames go out as they were built; of what comes in the
 * text frames are shown where they lie. Pings are answered.
 */
export class Connection {
  onMessage: Message = () => {};
  onLost: (reason: string) => void = () => {};
  pings = 0;
  private readonly socket: Socket;
  private rest: Buffer | undefined;
  private upgraded: ((error?: Error) => void) | undefined;
  private ended = false;

  private constructor(url: URL, head: string, upgraded: (error?: Error) => void) {
    this.upgraded = upgraded;
    this.socket = connect({
      host: url.hostname,
      port: Number(url.port),
      ...(url.hostname === '127.0.0.1' && { localAddress: `127.0.0.${1 + (opened++ % LOCAL_ADDRESSES)}` }),
      noDelay: true,
      onread: {
        buffer: shared,
        callback: (length) => {
          this.read(length);
          return true;
        },
      },
    });
    this.socket.on('error', (error) => this.lost(error.message));
    this.socket.on('close', () => this.lost('the connection was closed'));
    this.socket.write(head);
  }

  /** Opens a WebSocket at `/ws/v1`, logged in by an access token where there is one. */
  static async open(base: string, token: string | undefined): Promise<Connection> {
    const url = new URL('/ws/v1', base);
    const lines = [
      `GET ${url.pathname} HTTP/1.1`,
      `Host: ${url.host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      'Sec-WebSocket-Version: 13',
      ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
    ];
    let timer: NodeJS.Timeout | undefined;
    let made: Connection | undefined;
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer to an upgrade')), HANDSHAKE_MS_MAX);
      made = new Connection(url, `${lines.join('\r\n')}\r\n\r\n`, (error) => (error ? reject(error) : resolve()));
    }).finally(() => clearTimeout(timer));
    return made as Connection;
  }

  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Ends it without a word: nothing is measured any more. */
  end(): void {
    this.ended = true;
    this.socket.destroy();
  }

  private lost(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    if (this.upgraded !== undefined) this.upgraded(new Error(reason));
    else this.onLost(reason);
  }

  private read(length: number): void {
    let bytes = shared.subarray(0, length);
    if (this.rest !== undefined) bytes = Buffer.concat([this.rest, bytes]);
    this.rest = undefined;
    let at = 0;
    if (this.upgraded !== undefined) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end >= 0) {
        const done = this.upgraded;
        const status = bytes.toString('latin1', 9, 12);
        if (status !== '101') return this.lost(`the upgrade was answered ${status}`);
        this.upgraded = undefined;
        done();
        at = end + 4;
      }
    }
    if (this.upgraded === undefined) at = this.frames(bytes, at);
    // The buffer is read into again: what is not whole is copied.
    if (at < bytes.length) this.rest = Buffer.from(bytes.subarray(at));
  }

  /** Hands out the whole frames from `at` on; returns where the first one begins that is not whole. */
  private frames(bytes: Buffer, from: number): number {
    const now = performance.now();
    let at = from;
    while (bytes.length - at >= 2) {
      let start = at + 2;
      let length = (bytes[at + 1] as number) & 0x7f;
      if (length === LENGTH_16) {
        if (bytes.length - at < 4) break;
        length = bytes.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === LENGTH_64) {
        if (bytes.length - at < 10) break;
        length = Number(bytes.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      const end = start + length;
      if (end > bytes.length) break;
      const opcode = (bytes[at] as number) & 0x0f;
      if (opcode === TEXT) this.onMessage(bytes, start, end, now);
      else if (opcode === PING) {
        this.pings++;
        this.socket.write(pong(Buffer.from(bytes.subarray(start, end))));
      } else if (opcode === CLOSE) this.lost(`closed with ${length >= 2 ? bytes.readUInt16BE(start) : 'no code'}`);
      at = end;
    }
    return at;
  }
}

/** Opens many, some at a time. Bounded by their count. */
export async function openAll(url: string, tokens: readonly (string | undefined)[]): Promise<Connection[]> {
  const AT_ONCE = 64;
  const connections: Connection[] = [];
  for (let i = 0; i < tokens.length; i += AT_ONCE) {
    connections.push(...(await Promise.all(tokens.slice(i, i + AT_ONCE).map((token) => Connection.open(url, token)))));
  }
  return connections;
}
