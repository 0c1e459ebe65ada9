import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import { FrameReader, type FrameSink } from './frameReader.ts';
import { FrameWriter, OPCODE } from './frameWriter.ts';
import { upgrade } from './handshake.ts';

/** What the owner of a connection is told. `closed` comes once, last; 1005 = closed without a code, 1006 = lost. */
export interface WebSocketHandler {
  message(text: string): void;
  closed(code: number, reason: string): void;
}

/** How long a close may take before the TCP connection is cut. */
const CLOSE_TIMEOUT_MS = 2000;
const NO_STATUS = 1005;
const LOST = 1006;
const PROTOCOL_ERROR = 1002;

/** Codes that may stand in a close frame: RFC 6455 §7.4 and the registry it opens. */
const mayBeReceived = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== LOST) ||
  (code >= 3000 && code <= 4999);

/** Opens `ws://` or `wss://`; rejects with an Error naming the HTTP status if the server does not upgrade. */
export async function openWebSocket(
  url: string,
  handler: WebSocketHandler,
  headers: Record<string, string> = {},
): Promise<WebSocketClient> {
  const { socket, head } = await upgrade(url, headers);
  return new WebSocketClient(socket, head, handler);
}

/**
 * A WebSocket client of RFC 6455 without extensions. Frames sent in one turn of the loop leave in one write, at its
 * end or at `flush`. Pings are answered.
 */
export class WebSocketClient implements FrameSink {
  readonly #socket: Socket;
  readonly #handler: WebSocketHandler;
  readonly #writer = new FrameWriter();
  readonly #reader = new FrameReader(this);
  readonly #flushLater: () => void;
  #flushDue = false;
  #closeSent = false;
  #code = LOST;
  #reason = '';

  constructor(socket: Socket, head: Buffer, handler: WebSocketHandler) {
    this.#socket = socket;
    this.#handler = handler;
    this.#flushLater = () => this.flush();
    socket.setNoDelay(true);
    // The first frames may have come in one packet with the handshake.
    if (head.length > 0) socket.unshift(head);
    socket.on('data', (chunk: Buffer) => this.#reader.push(chunk));
    socket.on('error', (error) => {
      if (this.#code === LOST) this.#reason = error.message;
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => this.#handler.closed(this.#code, this.#reason));
  }

  /** Bytes that the kernel has not taken yet: what a sender that outruns the server looks at. */
  get bufferedBytes(): number {
    return this.#writer.unsentBytes + this.#socket.writableLength;
  }

  get receivedBytes(): number {
    return this.#socket.bytesRead;
  }

  /** Queues one text message. After a close it is dropped: `closed` tells that the connection is gone. */
  send(text: string): void {
    if (this.#closeSent) return;
    this.#writer.text(text);
    if (this.#flushDue) return;
    this.#flushDue = true;
    process.nextTick(this.#flushLater);
  }

  /** Writes what is queued now rather than at the end of the turn. */
  flush(): void {
    this.#flushDue = false;
    if (this.#writer.unsentBytes > 0 && !this.#socket.destroyed) this.#socket.write(this.#writer.take());
  }

  /** Starts the closing handshake; `closed` follows. */
  close(code = 1000, reason = ''): void {
    if (this.#closeSent) return;
    const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
    payload.writeUInt16BE(code);
    payload.write(reason, 2);
    this.#sendClose(payload);
  }

  /** Sends a ping, which the server answers by a pong. */
  ping(): void {
    if (this.#closeSent) return;
    this.#writer.control(OPCODE.PING, Buffer.alloc(0));
    this.flush();
  }

  /** Cuts the connection without a word, as a crash would; `closed` has the reason. */
  terminate(reason = ''): void {
    this.#reason = reason;
    this.#reader.stop();
    this.#closeSent = true;
    this.#socket.destroy();
  }

  text(message: string): void {
    this.#handler.message(message);
  }

  control(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.PING && !this.#closeSent) {
      this.#writer.control(OPCODE.PONG, payload);
      this.flush();
    }
    if (opcode === OPCODE.CLOSE) this.#receiveClose(payload);
  }

  violation(closeCode: number, reason: string): void {
    this.#code = closeCode;
    this.#reason = reason;
    this.close(closeCode, reason);
    this.#socket.end();
  }

  #receiveClose(payload: Buffer): void {
    this.#reader.stop();
    if (payload.length === 0) {
      this.#code = NO_STATUS;
      if (!this.#closeSent) this.#sendClose(payload);
    } else if (payload.length === 1 || !mayBeReceived(payload.readUInt16BE()) || !isUtf8(payload.subarray(2))) {
      this.violation(PROTOCOL_ERROR, 'close frame malformed');
    } else {
      this.#code = payload.readUInt16BE();
      this.#reason = payload.toString('utf8', 2);
      if (!this.#closeSent) this.#sendClose(payload.subarray(0, 2));
    }
    // §7.1.1: the server closes TCP first; the timer set with the close frame cuts it if it does not.
  }

  #sendClose(payload: Uint8Array): void {
    this.#writer.control(OPCODE.CLOSE, payload);
    this.flush();
    this.#closeSent = true;
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT_MS);
    timer.unref();
    this.#socket.once('close', () => clearTimeout(timer));
  }
}
