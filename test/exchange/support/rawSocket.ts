import { connect, type Socket } from 'node:net';

/** A TCP connection to the exchange that says what no client library would. */
export class RawSocket {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  /** Settles when the exchange has closed the connection. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    // A reset is an end like any other here.
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async open(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new RawSocket(socket);
  }

  /** With an upgraded WebSocket. */
  static async webSocket(url: string): Promise<RawSocket> {
    const raw = await RawSocket.open(url);
    const answered = new Promise((resolve) => raw.#socket.once('data', resolve));
    raw.write(
      'GET /ws/v1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await answered;
    raw.#received = Buffer.alloc(0);
    return raw;
  }

  write(data: string | Uint8Array): void {
    this.#socket.write(data);
  }

  /** A masked frame of at most 125 bytes. */
  frame(opcode: number, payload: Uint8Array): void {
    this.write(Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]));
  }

  /** Everything until the exchange closed the connection. */
  async rest(): Promise<Buffer> {
    await this.closed;
    return this.#received;
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
