import { LENGTH, type RecordBuffer } from '../records/buffer.ts';

/**
 * A single-producer, single-consumer ring of records in shared memory.
 *
 * Positions count words and wrap at 2^32; the capacity is a power of two. A record never wraps around the end: where it
 * does not fit, a length of 0 tells the reader to go on at the start.
 */
const HEAD = 0; // words written
const TAIL = 16; // words read; 64 bytes away, so that the two threads do not share a cache line
const SLEEPING = 32; // 1 while the consumer waits
const CONTROL_WORDS = 48;

export class Ring {
  readonly capacity: number;
  private readonly control: Int32Array;
  private readonly mask: number;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** Producer: called after a write when the consumer sleeps in its event loop, where `Atomics.notify` does not reach it. */
  onSleeper: (() => void) | undefined;

  constructor(memory: SharedArrayBuffer) {
    this.control = new Int32Array(memory, 0, CONTROL_WORDS);
    this.i32 = new Int32Array(memory, CONTROL_WORDS * 4);
    this.f64 = new Float64Array(memory, CONTROL_WORDS * 4);
    this.capacity = this.i32.length;
    this.mask = this.capacity - 1;
  }

  static memory(words: number): SharedArrayBuffer {
    return new SharedArrayBuffer((CONTROL_WORDS + words) * 4);
  }

  // ── producer ──

  /**
   * Copies one record in, where a consumer that is awake sees it; false when it does not fit now, with `keepFree` words to
   * spare. A consumer that sleeps hears of it with the next {@link signal}: woken by the first of many it would begin with
   * that one alone.
   */
  put(records: RecordBuffer, at: number, keepFree = 0): boolean {
    const free = this.capacity - (((this.control[HEAD] as number) - Atomics.load(this.control, TAIL)) | 0);
    if (keepFree > 0 && free - (records.i32[at + LENGTH] as number) < keepFree) return false;
    return this.write(records.i32, at, at + (records.i32[at + LENGTH] as number)) !== at;
  }

  /** Copies as many whole records of `from … to` as fit now, and signals; returns the word after the last. */
  putSome(source: Int32Array, from: number, to: number): number {
    const end = this.write(source, from, to);
    if (end > from) this.signal();
    return end;
  }

  /** Wakes a consumer that sleeps, once. */
  signal(): void {
    if (Atomics.load(this.control, SLEEPING) === 0 || Atomics.exchange(this.control, SLEEPING, 0) === 0) return;
    Atomics.notify(this.control, HEAD);
    this.onSleeper?.();
  }

  private write(source: Int32Array, from: number, to: number): number {
    let head = this.control[HEAD] as number;
    const tail = Atomics.load(this.control, TAIL);
    let at = from;
    while (at < to) {
      const position = head & this.mask;
      const room = Math.min(this.capacity - ((head - tail) | 0), this.capacity - position);
      let end = at;
      while (end < to && end + (source[end + LENGTH] as number) - at <= room) end += source[end + LENGTH] as number;
      if (end > at) {
        this.copy(source, at, end, position);
        head = (head + end - at) | 0;
        at = end;
      } else {
        const toEnd = this.capacity - position;
        // Skip to the start, if the next record would fit there.
        if (toEnd > room || this.capacity - ((head + toEnd - tail) | 0) < (source[at + LENGTH] as number)) break;
        if (toEnd === this.capacity) break;
        this.i32[position] = 0;
        head = (head + toEnd) | 0;
      }
    }
    if (at > from) Atomics.store(this.control, HEAD, head);
    return at;
  }

  private copy(source: Int32Array, from: number, to: number, position: number): void {
    // A loop beats set(subarray()) below some 100 words: no view is allocated.
    if (to - from > 128) this.i32.set(source.subarray(from, to), position);
    else for (let w = from, p = position; w < to; w++, p++) this.i32[p] = source[w] as number;
  }

  // ── consumer ──

  /** The first word of the next record, or −1 when there is none. Valid until {@link advance}. */
  peek(): number {
    let tail = this.control[TAIL] as number;
    if (Atomics.load(this.control, HEAD) === tail) return -1;
    let position = tail & this.mask;
    if (this.i32[position] === 0) {
      tail = (tail + this.capacity - position) | 0;
      Atomics.store(this.control, TAIL, tail);
      if (Atomics.load(this.control, HEAD) === tail) return -1;
      position = 0;
    }
    return position;
  }

  /**
   * Where the whole records end that can be copied in one piece from `position`, which {@link peek} gave, on; they stop being
   * counted at `most` words. A copy of each record alone would cost its view (0.13 µs).
   */
  run(position: number, most: number): number {
    const written = (Atomics.load(this.control, HEAD) - (this.control[TAIL] as number)) | 0;
    const limit = Math.min(position + Math.min(written, most), this.capacity);
    let end = position;
    while (end < limit && this.i32[end] !== 0) end += this.i32[end] as number;
    return end;
  }

  /** Gives the space of `words` back, which have been copied. */
  advanceBy(words: number): void {
    Atomics.store(this.control, TAIL, ((this.control[TAIL] as number) + words) | 0);
  }

  /** Gives the space of the record at `position` back. */
  advance(position: number): void {
    this.advanceBy(this.i32[position] as number);
  }

  get empty(): boolean {
    return Atomics.load(this.control, HEAD) === (this.control[TAIL] as number);
  }

  /** Asks to be woken through `onSleeper`; false: something has come already. Call {@link wake} when it has. */
  sleep(): boolean {
    Atomics.store(this.control, SLEEPING, 1);
    if (this.empty) return true;
    this.wake();
    return false;
  }

  wake(): void {
    Atomics.store(this.control, SLEEPING, 0);
  }

  /** Blocks the thread until something is written or `timeoutMs` have passed. Never on the main thread. */
  wait(timeoutMs: number): void {
    const tail = this.control[TAIL] as number;
    Atomics.store(this.control, SLEEPING, 1);
    Atomics.wait(this.control, HEAD, tail, timeoutMs);
    Atomics.store(this.control, SLEEPING, 0);
  }
}
