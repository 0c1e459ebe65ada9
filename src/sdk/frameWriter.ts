import { randomFillSync } from 'node:crypto';

/** Opcodes of RFC 6455 §5.2. */
export const OPCODE = { CONTINUATION: 0, TEXT: 1, BINARY: 2, CLOSE: 8, PING: 9, PONG: 10 } as const;
/** Payload bytes a control frame may carry (§5.5). */
export const CONTROL_BYTES_MAX = 125;
/** Bytes that may wait for one flush; beyond it `text` throws: the caller queues faster than it lets the loop turn. */
const UNSENT_BYTES_MAX = 64 * 1024 * 1024;

const FIN = 0x80;
const MASKED = 0x80;
const SLAB_BYTES = 64 * 1024;
/** Header of the longest frame: 2 bytes, 8 of length, 4 of mask. */
const HEADER_BYTES_MAX = 14;
/** Masking keys must not be guessable by whoever wrote the payload (§5.3); drawing 1,024 at once makes one cheap. */
const KEY_POOL_BYTES = 4096;

/**
 * Encodes client frames (final, masked) one behind the other into a slab, so that any number of them leaves in one
 * write. Bytes handed out by `take` are never written again: a used-up slab is replaced, not reused.
 */
export class FrameWriter {
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #words = new Int32Array(this.#slab.buffer);
  #start = 0;
  #end = 0;
  readonly #keys = Buffer.allocUnsafeSlow(KEY_POOL_BYTES);
  #nextKey = KEY_POOL_BYTES;
  readonly #wordKeyBytes = new Uint8Array(4);
  readonly #wordKey = new Int32Array(this.#wordKeyBytes.buffer);

  /** Bytes encoded and not yet taken. */
  get unsentBytes(): number {
    return this.#end - this.#start;
  }

  text(payload: string): void {
    const bytes = Buffer.byteLength(payload);
    this.#header(OPCODE.TEXT, bytes);
    this.#slab.write(payload, this.#end);
    this.#mask(bytes);
  }

  control(opcode: number, payload: Uint8Array): void {
    if (payload.length > CONTROL_BYTES_MAX) throw new RangeError(`control frame of ${payload.length} bytes`);
    this.#header(opcode, payload.length);
    this.#slab.set(payload, this.#end);
    this.#mask(payload.length);
  }

  /** Everything encoded since the last `take`; empty if there is nothing. */
  take(): Buffer {
    const bytes = this.#slab.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return bytes;
  }

  #header(opcode: number, payloadBytes: number): void {
    this.#reserve(payloadBytes + HEADER_BYTES_MAX);
    const slab = this.#slab;
    let at = this.#end;
    slab[at++] = FIN | opcode;
    if (payloadBytes < 126) {
      slab[at++] = MASKED | payloadBytes;
    } else if (payloadBytes < 65_536) {
      slab[at++] = MASKED | 126;
      at = slab.writeUInt16BE(payloadBytes, at);
    } else {
      slab[at++] = MASKED | 127;
      at = slab.writeUInt32BE(0, at);
      at = slab.writeUInt32BE(payloadBytes, at);
    }
    if (this.#nextKey === KEY_POOL_BYTES) {
      randomFillSync(this.#keys);
      this.#nextKey = 0;
    }
    // Byte by byte: a call of `copy` costs more than the rest of a short frame.
    for (let i = 0; i < 4; i++) slab[at++] = this.#keys[this.#nextKey + i]!;
    this.#end = at;
  }

  /** XORs the payload written at the end of the slab with the key written before it, and moves the end behind it. */
  #mask(payloadBytes: number): void {
    const slab = this.#slab;
    const keys = this.#keys;
    const key = this.#nextKey;
    const begin = this.#end;
    const end = begin + payloadBytes;
    let at = begin;
    for (; at < end && (at & 3) !== 0; at++) slab[at]! ^= keys[key + ((at - begin) & 3)]!;
    const turn = at - begin;
    for (let i = 0; i < 4; i++) this.#wordKeyBytes[i] = keys[key + ((turn + i) & 3)]!;
    const wordKey = this.#wordKey[0]!;
    const words = this.#words;
    for (const last = end - 4; at <= last; at += 4) words[at >> 2]! ^= wordKey;
    for (; at < end; at++) slab[at]! ^= keys[key + ((at - begin) & 3)]!;
    this.#nextKey = key + 4;
    this.#end = end;
  }

  #reserve(bytes: number): void {
    if (this.#end + bytes <= this.#slab.length) return;
    const unsent = this.#end - this.#start;
    if (unsent + bytes > UNSENT_BYTES_MAX) throw new RangeError(`more than ${UNSENT_BYTES_MAX} bytes wait to be sent`);
    let size = SLAB_BYTES;
    while (size < unsent + bytes) size *= 2;
    const slab = Buffer.allocUnsafeSlow(size);
    this.#slab.copy(slab, 0, this.#start, this.#end);
    this.#slab = slab;
    this.#words = new Int32Array(slab.buffer);
    this.#start = 0;
    this.#end = unsent;
  }
}
