import { randomBytes } from 'node:crypto';

/** Frames one after the other, ready to be sent: frame i is `bytes[starts[i] … starts[i + 1]]`. */
export type Ring = { bytes: Buffer; starts: Int32Array; count: number };

const TEXT = 0x81;
const PONG = 0x8a;
const MASKED = 0x80;
const LENGTH_16 = 126;

/** The text frames of a client, masked once: a generator that is to outrun a server has no time for it later. */
export function maskedFrames(texts: readonly string[]): Ring {
  const frames = texts.map((text) => maskedFrame(TEXT, Buffer.from(text)));
  const starts = new Int32Array(frames.length + 1);
  let end = 0;
  for (const [i, frame] of frames.entries()) {
    end += frame.length;
    starts[i + 1] = end;
  }
  return { bytes: Buffer.concat(frames), starts, count: frames.length };
}

export const pong = (payload: Buffer): Buffer => maskedFrame(PONG, payload);

function maskedFrame(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length > 0xffff) throw new Error('a frame of the bench is longer than 64 KiB');
  const head = length < LENGTH_16 ? Buffer.from([first, MASKED | length]) : Buffer.alloc(4);
  if (length >= LENGTH_16) {
    head[0] = first;
    head[1] = MASKED | LENGTH_16;
    head.writeUInt16BE(length, 2);
  }
  const mask = randomBytes(4);
  const masked = Buffer.from(payload.map((byte, i) => byte ^ (mask[i & 3] as number)));
  return Buffer.concat([head, mask, masked]);
}
