import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader } from '../../src/sdk/frameReader.ts';
import { FrameWriter, OPCODE } from '../../src/sdk/frameWriter.ts';

/** Decodes masked client frames as RFC 6455 §5.3 writes it, byte by byte: the oracle of the writer. */
function decode(bytes: Buffer): { opcode: number; payload: string }[] {
  const frames = [];
  for (let at = 0; at < bytes.length; ) {
    const opcode = bytes[at]! & 0x0f;
    expect(bytes[at]! & 0xf0).toBe(0x80);
    expect(bytes[at + 1]! & 0x80).toBe(0x80);
    let length = bytes[at + 1]! & 0x7f;
    at += 2;
    if (length === 126) length = bytes.readUInt16BE(at);
    else if (length === 127) length = Number(bytes.readBigUInt64BE(at));
    at += length < 126 ? 0 : length < 65_536 ? 2 : 8;
    const key = bytes.subarray(at, at + 4);
    at += 4;
    const payload = Buffer.from(bytes.subarray(at, at + length).map((byte, i) => byte ^ key[i % 4]!));
    frames.push({ opcode, payload: payload.toString() });
    at += length;
  }
  return frames;
}

/** A frame as a server sends it: not masked. */
function serverFrame(opcode: number, payload: Buffer | string, final = true): Buffer {
  const body = Buffer.from(payload);
  const first = (final ? 0x80 : 0) | opcode;
  if (body.length < 126) return Buffer.concat([Buffer.from([first, body.length]), body]);
  const long = body.length >= 65_536;
  const header = Buffer.alloc(long ? 10 : 4);
  header[0] = first;
  header[1] = long ? 127 : 126;
  if (long) header.writeBigUInt64BE(BigInt(body.length), 2);
  else header.writeUInt16BE(body.length, 2);
  return Buffer.concat([header, body]);
}

function read(chunks: Buffer[]): string[] {
  const seen: string[] = [];
  const reader = new FrameReader({
    text: (message) => seen.push(`text ${message}`),
    control: (opcode, payload) => seen.push(`control ${opcode} ${payload}`),
    violation: (code) => seen.push(`violation ${code}`),
  });
  for (const chunk of chunks) reader.push(chunk);
  return seen;
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer({ min: 100, max: 70_000 }).map((length) => 'é'.repeat(length)),
);

describe('frame writer', () => {
  test('frames decode to what was written, taken in any portions', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyText, fc.boolean()), { maxLength: 30 }), (items) => {
        const writer = new FrameWriter();
        const taken = [];
        for (const [text, take] of items) {
          writer.text(text);
          if (take) taken.push(writer.take());
        }
        taken.push(writer.take());
        expect(decode(Buffer.concat(taken))).toEqual(items.map(([payload]) => ({ opcode: OPCODE.TEXT, payload })));
        expect(writer.unsentBytes).toBe(0);
      }),
      { seed: 6455, numRuns: 60 },
    );
  });

  test('each frame has a key of its own', () => {
    const writer = new FrameWriter();
    for (let i = 0; i < 3000; i++) writer.text('');
    const bytes = writer.take();
    const keys = new Set(Array.from({ length: 3000 }, (_, i) => bytes.readUInt32BE(i * 6 + 2)));
    expect(keys.size).toBeGreaterThan(2990);
  });

  test('a control frame longer than 125 bytes is refused', () => {
    expect(() => new FrameWriter().control(OPCODE.PING, new Uint8Array(126))).toThrow(RangeError);
  });
});

describe('frame reader', () => {
  test('text, fragments with a ping between, and lengths of all three forms, however the bytes are cut', () => {
    const long = 'x'.repeat(70_000);
    const middle = 'ü'.repeat(100);
    const stream = Buffer.concat([
      serverFrame(OPCODE.TEXT, 'one'),
      serverFrame(OPCODE.TEXT, 'two-', false),
      serverFrame(OPCODE.PING, 'p'),
      // A character cut in half between fragments is whole in the message.
      serverFrame(OPCODE.CONTINUATION, Buffer.from([0xc3]), false),
      serverFrame(OPCODE.CONTINUATION, Buffer.from([0xbc])),
      serverFrame(OPCODE.TEXT, '\ufffd'),
      serverFrame(OPCODE.TEXT, middle),
      serverFrame(OPCODE.TEXT, long),
      serverFrame(OPCODE.CLOSE, Buffer.from([3, 232])),
    ]);
    const expected = ['text one', 'control 9 p', 'text two-ü', 'text \ufffd', `text ${middle}`, `text ${long}`];
    const bytewise = Array.from(stream.subarray(0, 300), (_, i) => stream.subarray(i, i + 1));
    expect(read([...bytewise, stream.subarray(300)]).slice(0, 6)).toEqual(expected);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const seen = read(edges.slice(1).map((end, i) => stream.subarray(edges[i], end)));
        expect(seen.slice(0, 6)).toEqual(expected);
        expect(seen).toHaveLength(7);
      }),
      { seed: 6455, numRuns: 100 },
    );
  });

  test.each([
    ['reserved bits', Buffer.from([0xc1, 0]), 1002],
    ['masked', Buffer.from([0x81, 0x80, 0, 0, 0, 0]), 1002],
    ['unknown opcode', Buffer.from([0x83, 0]), 1002],
    ['unknown control opcode', Buffer.from([0x8b, 0]), 1002],
    ['continuation of nothing', serverFrame(OPCODE.CONTINUATION, 'x'), 1002],
    [
      'text inside a message',
      Buffer.concat([serverFrame(OPCODE.TEXT, 'x', false), serverFrame(OPCODE.TEXT, 'y')]),
      1002,
    ],
    ['fragmented ping', serverFrame(OPCODE.PING, 'x', false), 1002],
    ['long ping', serverFrame(OPCODE.PING, 'x'.repeat(126)), 1002],
    ['binary', serverFrame(OPCODE.BINARY, 'x'), 1003],
    ['not UTF-8', serverFrame(OPCODE.TEXT, Buffer.from([0xff])), 1007],
    ['too long a frame', Buffer.from([0x81, 127, 0, 0, 0, 1, 0, 0, 0, 0]), 1009],
  ])('%s is a violation, and ends the parsing', (_name, bytes, code) => {
    expect(read([bytes, serverFrame(OPCODE.TEXT, 'after')])).toEqual([`violation ${code}`]);
  });
});
