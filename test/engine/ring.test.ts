import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ring } from '../../src/engines/loop/ring.ts';
import { RecordBuffer } from '../../src/engines/records/buffer.ts';

const WORDS = 64;
/** Steps of both ends: a record of so many words is put in, or so many words are read, record by record or in one piece. */
const step = fc.oneof(
  fc.record({ put: fc.integer({ min: 1, max: 12 }).map((pairs) => pairs * 2) }),
  fc.record({ read: fc.integer({ min: 1, max: 40 }), atOnce: fc.boolean() }),
);

test('what is put in comes out once, whole and in order, however it is read', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const ring = new Ring(Ring.memory(WORDS));
      const source = new RecordBuffer(64);
      const out = new RecordBuffer(1 << 13);
      const expected: number[] = [];
      let next = 1;
      for (const one of steps) {
        if ('put' in one) {
          source.clear();
          const at = source.begin(next, one.put);
          if (ring.put(source, at))
            for (let word = 0; word < one.put; word++) expected.push(source.i32[word] as number);
          if (ring.put(source, at))
            for (let word = 0; word < one.put; word++) expected.push(source.i32[word] as number);
          next++;
          continue;
        }
        const position = ring.peek();
        if (position < 0) {
          expect(ring.empty).toBe(true);
          continue;
        }
        if (one.atOnce) {
          const end = ring.run(position, one.read);
          out.append(ring.i32, position, end);
          ring.advanceBy(end - position);
        } else {
          out.append(ring.i32, position, position + (ring.i32[position] as number));
          ring.advance(position);
        }
      }
      for (let position = ring.peek(); position >= 0; position = ring.peek()) {
        const end = ring.run(position, WORDS);
        expect(end).toBeGreaterThan(position);
        out.append(ring.i32, position, end);
        ring.advanceBy(end - position);
      }
      expect([...out.i32.subarray(0, out.words)]).toEqual(expected);
    }),
    { numRuns: 2_000, seed: 3 },
  );
});

test('a consumer that sleeps is called once for what is put in before it wakes', () => {
  const ring = new Ring(Ring.memory(WORDS));
  let calls = 0;
  ring.onSleeper = () => calls++;
  const source = new RecordBuffer(64);
  const at = source.begin(1, 10);
  expect(ring.sleep()).toBe(true);
  ring.put(source, at);
  expect(calls).toBe(0);
  ring.signal();
  ring.signal();
  expect(calls).toBe(1);
  expect(ring.sleep()).toBe(false);
  expect(ring.putSome(source.i32, at, at + 10)).toBe(at + 10);
  expect(calls).toBe(1);
});
