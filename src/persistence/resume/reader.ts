import { KIND, LENGTH, RecordBuffer, SEQ } from '../../engines/records/buffer.ts';
import { EVENT } from '../../engines/records/events.ts';
import type { Records } from '../read-model/records.ts';
import { PORTION_BYTES } from './limits.ts';

const PORTION_WORDS = PORTION_BYTES / 4;
const FIRST_WORDS = 1 << 10;

/** One resume: what was collected for it and not yet handed over, and whether its reader waits for more. */
export class Reader {
  readonly id: number;
  readonly account: number;
  readonly since: number;
  /** Everything up to here has been handed over. */
  position: number;
  /** It has asked for a portion that it has not got. */
  isWaiting = true;
  /** ms of `performance.now()` when it got its last portion. */
  handedAt = 0;
  /** The command that is being collected concerns it. */
  isTouched = false;
  private collected = new RecordBuffer(FIRST_WORDS);
  private taken = 0;

  constructor(id: number, account: number, since: number) {
    this.id = id;
    this.account = account;
    this.since = since;
    this.position = since;
  }

  add({ i32 }: Records, at: number): void {
    this.collected.append(i32, at, at + (i32[at + LENGTH] as number));
  }

  get isEmpty(): boolean {
    return this.taken === this.collected.words;
  }

  /** No more should be collected before something is taken. */
  get isFull(): boolean {
    return this.collected.words - this.taken >= PORTION_WORDS;
  }

  /**
   * Takes out the oldest groups, as many as fill a portion, one at least. `replayed`: how far records have been collected, which
   * is how far the reader then is if nothing stays behind.
   */
  take(replayed: number): ArrayBuffer {
    const { collected, taken } = this;
    const end = this.endOfPortion();
    const portion = collected.i32.slice(taken, end).buffer;
    this.position = end === collected.words ? replayed : this.seqBefore(end);
    this.taken = end;
    if (end === collected.words) {
      this.taken = 0;
      // A command with very many records has left more memory than is needed from now on.
      if (collected.i32.length > 4 * PORTION_WORDS) this.collected = new RecordBuffer(FIRST_WORDS);
      else collected.clear();
    }
    return portion;
  }

  private endOfPortion(): number {
    const { i32, words } = this.collected;
    for (let at = this.taken; at < words; ) {
      const isDone = i32[at + KIND] === EVENT.DONE;
      at += i32[at + LENGTH] as number;
      if (isDone && at - this.taken >= PORTION_WORDS) return at;
    }
    return words;
  }

  /** The seq of the group that ends before `end`: its DONE is the last record there. */
  private seqBefore(end: number): number {
    const { i32, f64 } = this.collected;
    let last = this.taken;
    for (let at = last; at < end; at += i32[at + LENGTH] as number) last = at;
    return f64[(last + SEQ) >> 1] as number;
  }
}
