import { isUtf8 } from 'node:buffer';
import { CONTROL_BYTES_MAX, OPCODE } from './frameWriter.ts';

/** Longest message taken from a server, over all its fragments; a longer one ends the connection with 1009. */
const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

/** Where parsed frames go. After `violation`, or once the sink calls `stop`, nothing more is parsed. */
export interface FrameSink {
  text(message: string): void;
  /** A close, ping or pong frame; `payload` is only valid during the call. */
  control(opcode: number, payload: Buffer): void;
  violation(closeCode: number, reason: string): void;
}

const REPLACEMENT = '\ufffd';
const PROTOCOL_ERROR = 1002;
const UNSUPPORTED_DATA = 1003;
const INVALID_UTF8 = 1007;
const TOO_BIG = 1009;

/** Parses what a server sends (RFC 6455 §5): unmasked frames, text messages whole or in fragments, control frames between. */
export class FrameReader {
  readonly #sink: FrameSink;
  /** Bytes of a frame that has not arrived in full, and how many of it are needed to go on. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #neededBytes = 0;
  /** Fragments of the message under way. */
  #fragments: Buffer[] = [];
  #fragmentBytes = 0;
  #inMessage = false;
  #stopped = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#fragments = [];
  }

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    let bytes = chunk;
    if (this.#waitingBytes > 0) {
      this.#waiting.push(chunk);
      this.#waitingBytes += chunk.length;
      if (this.#waitingBytes < this.#neededBytes) return;
      bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
    let at = 0;
    while (!this.#stopped && at < bytes.length) {
      const next = this.#frame(bytes, at);
      if (next < 0) break;
      at = next;
    }
    if (!this.#stopped && at < bytes.length) {
      this.#waiting.push(bytes.subarray(at));
      this.#waitingBytes = bytes.length - at;
    }
  }

  /** Takes the frame at `at` and returns where the next begins, or −1 with `#neededBytes` set if it is not all there. */
  #frame(bytes: Buffer, at: number): number {
    const available = bytes.length - at;
    if (available < 2) return this.#need(2);
    const first = bytes[at]!;
    const second = bytes[at + 1]!;
    if ((first & 0x70) !== 0) return this.#violation(PROTOCOL_ERROR, 'reserved bits set');
    if ((second & 0x80) !== 0) return this.#violation(PROTOCOL_ERROR, 'masked frame from the server');
    let header = 2;
    let length = second & 0x7f;
    if (length === 126) {
      header = 4;
      if (available < header) return this.#need(header);
      length = bytes.readUInt16BE(at + 2);
    } else if (length === 127) {
      header = 10;
      if (available < header) return this.#need(header);
      length = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
    }
    if (length > MESSAGE_BYTES_MAX) return this.#violation(TOO_BIG, `frame of ${length} bytes`);
    if (available < header + length) return this.#need(header + length);
    const begin = at + header;
    const end = begin + length;
    const final = (first & 0x80) !== 0;
    const opcode = first & 0x0f;
    if (opcode === OPCODE.TEXT && final && !this.#inMessage) this.#deliver(bytes, begin, end);
    else if (opcode >= OPCODE.CLOSE) this.#controlFrame(opcode, final, bytes.subarray(begin, end));
    else this.#dataFrame(opcode, final, bytes.subarray(begin, end));
    return end;
  }

  #controlFrame(opcode: number, final: boolean, payload: Buffer): void {
    if (opcode > OPCODE.PONG) this.#violation(PROTOCOL_ERROR, `unknown opcode ${opcode}`);
    else if (!final || payload.length > CONTROL_BYTES_MAX) this.#violation(PROTOCOL_ERROR, 'control frame malformed');
    else this.#sink.control(opcode, payload);
  }

  /** A fragment, or a data frame that breaks the rules of §5.4. */
  #dataFrame(opcode: number, final: boolean, payload: Buffer): void {
    if (opcode === OPCODE.BINARY) return void this.#violation(UNSUPPORTED_DATA, 'binary message');
    if (opcode > OPCODE.BINARY) return void this.#violation(PROTOCOL_ERROR, `unknown opcode ${opcode}`);
    if ((opcode === OPCODE.CONTINUATION) !== this.#inMessage) {
      return void this.#violation(PROTOCOL_ERROR, 'fragments out of order');
    }
    this.#fragmentBytes += payload.length;
    if (this.#fragmentBytes > MESSAGE_BYTES_MAX) return void this.#violation(TOO_BIG, 'message too long');
    // Copied, because an empty or short fragment would otherwise keep the whole chunk it arrived in alive.
    this.#fragments.push(Buffer.from(payload));
    this.#inMessage = !final;
    if (!final) return;
    const message = Buffer.concat(this.#fragments, this.#fragmentBytes);
    this.#fragments = [];
    this.#fragmentBytes = 0;
    this.#deliver(message, 0, message.length);
  }

  #deliver(bytes: Buffer, begin: number, end: number): void {
    const text = bytes.toString('utf8', begin, end);
    // Decoding puts U+FFFD for what is not UTF-8, and looking for it costs nothing in a string of ASCII.
    if (text.includes(REPLACEMENT) && !isUtf8(bytes.subarray(begin, end))) {
      this.#violation(INVALID_UTF8, 'text is not UTF-8');
    } else {
      this.#sink.text(text);
    }
  }

  #need(bytes: number): -1 {
    this.#neededBytes = bytes;
    return -1;
  }

  #violation(closeCode: number, reason: string): -1 {
    this.stop();
    this.#sink.violation(closeCode, reason);
    return -1;
  }
}
