import { grownFloat64, grownInt32 } from '../growth.ts';
import * as CommandLayout from '../records/commands.ts';

// Copies: V8 folds them, but loads and checks an imported constant at each use. The engine is 1.3 × as fast for it.
const { CLIENT_ID_BYTES } = CommandLayout;

/**
 * `(account, clientOrderId)` → order, remembered while the order is open and for 24 h after.
 * Entries are rows of 16 int32 in a slab, found by open addressing; finished ones stand in a queue by the time they ended.
 */
const ENTRY = 16;
const HASH = 0;
const ACCOUNT = 1;
const LENGTH = 2;
const BYTES = 3; // 9 words
const SLOT = 12;
/** Digest of the request, to tell a repeat from another request under the same id. */
const REQUEST = 13;
/** Next finished entry, or next free one; −1 none. */
const NEXT = 14;
const USED = 15;

export class ClientIds {
  private entries: Int32Array;
  /** When the remembered order ended (ms), by entry. */
  private endedAt: Float64Array;
  private table: Int32Array;
  private high = 0;
  private freeHead = -1;
  private oldest = -1;
  private newest = -1;
  count = 0;

  /** Room for `reserve` (a power of two) entries before the tables have to grow. */
  constructor(reserve = 16) {
    this.entries = new Int32Array(ENTRY * reserve);
    this.endedAt = new Float64Array(reserve);
    this.table = new Int32Array(2 * reserve);
  }

  /** The entry of an id whose bytes stand at word `at` of `i32`; −1 none. */
  find(account: number, i32: Int32Array, at: number, length: number): number {
    const wanted = hashOf(account, i32, at, length);
    const words = (length + 3) >> 2;
    const mask = this.table.length - 1;
    const entries = this.entries;
    for (let place = wanted & mask; ; place = (place + 1) & mask) {
      const entry = (this.table[place] as number) - 1;
      if (entry < 0) return -1;
      const row = entry * ENTRY;
      if (entries[row + HASH] !== wanted || entries[row + ACCOUNT] !== account || entries[row + LENGTH] !== length)
        continue;
      let same = true;
      for (let w = 0; w < words; w++) if (entries[row + BYTES + w] !== i32[at + w]) same = false;
      if (same) return entry;
    }
  }

  add(account: number, i32: Int32Array, at: number, length: number, request: number, slot: number): number {
    let entry = this.freeHead;
    if (entry >= 0) this.freeHead = this.entries[entry * ENTRY + NEXT] as number;
    else {
      entry = this.high++;
      if (this.high * ENTRY > this.entries.length) {
        this.entries = grownInt32(this.entries, this.high * ENTRY);
        this.endedAt = grownFloat64(this.endedAt, this.high);
      }
    }
    const row = entry * ENTRY;
    const entries = this.entries;
    entries[row + HASH] = hashOf(account, i32, at, length);
    entries[row + ACCOUNT] = account;
    entries[row + LENGTH] = length;
    for (let w = 0; w < CLIENT_ID_BYTES / 4; w++) entries[row + BYTES + w] = i32[at + w] as number;
    entries[row + SLOT] = slot;
    entries[row + REQUEST] = request;
    entries[row + NEXT] = -1;
    entries[row + USED] = 1;
    this.count++;
    if (this.count * 2 > this.table.length) this.rehash(this.table.length * 2);
    else this.insert(entry);
    return entry;
  }

  /** Is there an entry whose order has ended? */
  get anyEnded(): boolean {
    return this.oldest >= 0;
  }

  slot(entry: number): number {
    return this.entries[entry * ENTRY + SLOT] as number;
  }

  request(entry: number): number {
    return this.entries[entry * ENTRY + REQUEST] as number;
  }

  /** Copies the id’s bytes to word `at`; returns their number. */
  copyId(entry: number, i32: Int32Array, at: number): number {
    const row = entry * ENTRY;
    for (let w = 0; w < CLIENT_ID_BYTES / 4; w++) i32[at + w] = this.entries[row + BYTES + w] as number;
    return this.entries[row + LENGTH] as number;
  }

  /** Its order ended: the entry is forgotten CLIENT_ID_MEMORY_MS later. */
  ended(entry: number, time: number): void {
    this.endedAt[entry] = time;
    if (this.newest < 0) this.oldest = entry;
    else this.entries[this.newest * ENTRY + NEXT] = entry;
    this.newest = entry;
  }

  /** Forgets the oldest entry that ended at or before `time` and returns its order’s slot; −1 when there is none. */
  expire(time: number): number {
    const entry = this.oldest;
    if (entry < 0 || (this.endedAt[entry] as number) > time) return -1;
    const row = entry * ENTRY;
    const slot = this.entries[row + SLOT] as number;
    this.oldest = this.entries[row + NEXT] as number;
    if (this.oldest < 0) this.newest = -1;
    this.erase(entry);
    this.entries.fill(0, row, row + ENTRY);
    this.endedAt[entry] = 0;
    this.entries[row + NEXT] = this.freeHead;
    this.freeHead = entry;
    this.count--;
    return slot;
  }

  used(): { entries: Int32Array; endedAt: Float64Array; links: number[] } {
    return {
      entries: this.entries.subarray(0, this.high * ENTRY),
      endedAt: this.endedAt.subarray(0, this.high),
      links: [this.freeHead, this.oldest, this.newest],
    };
  }

  restore(entries: Int32Array, endedAt: Float64Array, links: number[]): void {
    this.high = endedAt.length;
    if (entries.length > this.entries.length) this.entries = grownInt32(entries, entries.length);
    else this.entries.set(entries);
    if (this.high > this.endedAt.length) this.endedAt = grownFloat64(endedAt, this.high);
    else this.endedAt.set(endedAt);
    [this.freeHead, this.oldest, this.newest] = links as [number, number, number];
    this.count = 0;
    for (let entry = 0; entry < this.high; entry++) this.count += this.entries[entry * ENTRY + USED] as number;
    let size = this.table.length;
    while (size < this.count * 2) size *= 2;
    this.rehash(size);
  }

  private rehash(size: number): void {
    this.table = new Int32Array(size);
    for (let entry = 0; entry < this.high; entry++) if (this.entries[entry * ENTRY + USED] === 1) this.insert(entry);
  }

  private insert(entry: number): void {
    const mask = this.table.length - 1;
    let place = (this.entries[entry * ENTRY + HASH] as number) & mask;
    while (this.table[place] !== 0) place = (place + 1) & mask;
    this.table[place] = entry + 1;
  }

  /** Backward-shift deletion: no tombstones, so look-ups stay short for ever. */
  private erase(entry: number): void {
    const mask = this.table.length - 1;
    const table = this.table;
    let hole = (this.entries[entry * ENTRY + HASH] as number) & mask;
    while (table[hole] !== entry + 1) hole = (hole + 1) & mask;
    for (let place = (hole + 1) & mask; table[place] !== 0; place = (place + 1) & mask) {
      const home = (this.entries[((table[place] as number) - 1) * ENTRY + HASH] as number) & mask;
      if (((place - home) & mask) >= ((place - hole) & mask)) {
        table[hole] = table[place] as number;
        hole = place;
      }
    }
    table[hole] = 0;
  }
}

/** Ids are zero padded: their words up to the length are the whole id. */
function hashOf(account: number, i32: Int32Array, at: number, length: number): number {
  let h = Math.imul(account, 0x9e3779b1);
  const end = at + ((length + 3) >> 2);
  for (let w = at; w < end; w++) {
    h = Math.imul(h ^ (i32[w] as number), 0x85ebca6b);
    h ^= h >>> 13;
  }
  return h | 0;
}
