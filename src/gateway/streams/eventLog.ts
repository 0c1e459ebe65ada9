import * as R from '../../engines/records/buffer.ts';
import { DONE_FLAGS, DUPLICATE, EVENT } from '../../engines/records/events.ts';
import { isPrivate } from '../../persistence/resume/privateRecords.ts';
import { endsGroup } from '../engine-port/groups.ts';
import { EVENT_LOG_BYTES, RESUME_COMMANDS_MAX } from './limits.ts';

/** In a logged record the header’s ticket and code, of no use here, hold the position of its market’s or account’s group before. */
const LINK = R.TICKET;

const isPublic = (kind: number): boolean =>
  kind === EVENT.TRADE || kind === EVENT.LEVEL || kind === EVENT.AMM || kind === EVENT.MARKET;

/** The newest group of each market or account: its position + 1, and its seq. 0: none. */
class Newest {
  private positions = new Float64Array(64);
  private seqs = new Float64Array(64);

  position(key: number): number {
    return this.positions[key] ?? 0;
  }

  seq(key: number): number {
    return this.seqs[key] ?? 0;
  }

  set(key: number, position: number, seq: number): void {
    if (key >= this.positions.length) this.grow(key);
    this.positions[key] = position;
    this.seqs[key] = seq;
  }

  private grow(key: number): void {
    let length = this.positions.length;
    while (length <= key) length *= 2;
    const positions = new Float64Array(length);
    positions.set(this.positions);
    this.positions = positions;
    const seqs = new Float64Array(length);
    seqs.set(this.seqs);
    this.seqs = seqs;
  }
}

/**
 * Recent events as the engine gave them, in one ring of memory: a copy of the records costs a fraction of their messages, and
 * most are never asked for. Each group (the events of one command) is chained to the one before of the same market and of the
 * same account, so that a resume reads only what concerns it.
 *
 * A position counts words since the start; the ring keeps the newest `capacity` words, groups never wrap.
 */
export class EventLog {
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  private readonly capacity: number;
  private head = 0;
  /** Nothing is known of what happened at or before this seq. */
  private floorSeq: number;
  private readonly markets = new Newest();
  private readonly accounts = new Newest();

  constructor(startSeq: number, bytes = EVENT_LOG_BYTES) {
    const memory = new ArrayBuffer(bytes);
    this.i32 = new Int32Array(memory);
    this.f64 = new Float64Array(memory);
    this.capacity = this.i32.length;
    this.floorSeq = startSeq;
  }

  /** Keeps the events of one command, unless they change nothing: a refusal, or an answer repeated. */
  append(events: R.RecordBuffer, from: number, doneAt: number): void {
    if (from === doneAt || ((events.i32[doneAt + DONE_FLAGS] as number) & DUPLICATE) !== 0) return;
    const end = doneAt + (events.i32[doneAt] as number);
    const words = end - from;
    const seq = events.f64[(doneAt + R.SEQ) >> 1] as number;
    if (words > this.capacity / 4) {
      // Too much to keep beside anything else: whoever missed it needs a snapshot.
      this.floorSeq = seq;
      return;
    }
    let at = this.head % this.capacity;
    if (at + words > this.capacity) {
      this.head += this.capacity - at;
      at = 0;
    }
    this.i32.set(events.i32.subarray(from, end), at);
    this.link(at, at + (doneAt - from), seq);
    this.head += words;
  }

  private link(start: number, doneAt: number, seq: number): void {
    const { i32, f64 } = this;
    const position = this.head + 1;
    for (let at = start; at < doneAt; at += i32[at] as number) {
      const kind = i32[at + R.KIND] as number;
      const newest = isPublic(kind) ? this.markets : isPrivate(kind) ? this.accounts : undefined;
      if (newest === undefined) continue;
      const key = i32[at + (newest === this.markets ? R.MARKET : R.ACCOUNT)] as number;
      const before = newest.position(key);
      if (before === position) continue;
      f64[(at + LINK) >> 1] = before;
      newest.set(key, position, seq);
    }
  }

  /** Where the groups that touched a market after `since` begin in `i32`, oldest first; undefined: not all are here. */
  groupsOfMarket(market: number, since: number): number[] | undefined {
    return this.groups(this.markets, market, since, RESUME_COMMANDS_MAX);
  }

  /** As {@link groupsOfMarket}, of an account. */
  groupsOfAccount(account: number, since: number): number[] | undefined {
    return this.groups(this.accounts, account, since, RESUME_COMMANDS_MAX);
  }

  /** The newest groups of a market that are here, at most `count`, newest first. */
  recentOfMarket(market: number, count: number): number[] {
    const groups: number[] = [];
    let position = this.markets.position(market);
    while (this.holds(position) && groups.length < count) {
      const start = (position - 1) % this.capacity;
      groups.push(start);
      position = this.before(this.markets, market, start);
    }
    return groups;
  }

  private groups(newest: Newest, key: number, since: number, most: number): number[] | undefined {
    if (since < this.floorSeq) return undefined;
    if (newest.seq(key) <= since) return [];
    const groups: number[] = [];
    let position = newest.position(key);
    while (position !== 0) {
      if (!this.holds(position)) return undefined;
      const start = (position - 1) % this.capacity;
      if ((this.f64[(start + R.SEQ) >> 1] as number) <= since) break;
      if (groups.length === most) return undefined;
      groups.push(start);
      position = this.before(newest, key, start);
    }
    return groups.reverse();
  }

  /** Has the ring still what begins at this position (+ 1)? */
  private holds(position: number): boolean {
    return position > 0 && position > this.head - this.capacity;
  }

  private before(newest: Newest, key: number, start: number): number {
    const { i32, f64 } = this;
    const ofMarket = newest === this.markets;
    for (let at = start; !endsGroup(i32, at); at += i32[at] as number) {
      const kind = i32[at + R.KIND] as number;
      if (!(ofMarket ? isPublic(kind) : isPrivate(kind))) continue;
      if (i32[at + (ofMarket ? R.MARKET : R.ACCOUNT)] === key) return f64[(at + LINK) >> 1] as number;
    }
    throw new Error('a group in the chain of a market or account that it does not touch');
  }
}
