import { ACCOUNT, KIND, LENGTH, SEQ } from '../../engines/records/buffer.ts';
import { DONE_FLAGS, DUPLICATE, EVENT, TRADE_MAKER } from '../../engines/records/events.ts';
import { isRepeated, type Records } from '../read-model/records.ts';
import type { CommandVisitor } from '../replay.ts';
import { isPrivate, takerOf } from './privateRecords.ts';
import type { Reader } from './reader.ts';

/** Gives each reader the records of its account, out of all that a replay brings. */
export class Collector {
  private readonly byAccount = new Map<number, Reader[]>();
  private readonly touched: Reader[] = [];

  join(reader: Reader): void {
    const same = this.byAccount.get(reader.account);
    if (same === undefined) this.byAccount.set(reader.account, [reader]);
    else same.push(reader);
  }

  leave(reader: Reader): void {
    const others = (this.byAccount.get(reader.account) ?? []).filter((one) => one !== reader);
    if (others.length > 0) this.byAccount.set(reader.account, others);
    else this.byAccount.delete(reader.account);
  }

  readonly visit: CommandVisitor = (_command, _commandAt, events, from, doneAt) => {
    const { i32, f64 } = events;
    // A refusal changes nothing, an answer that is repeated neither.
    if (from === doneAt || ((i32[doneAt + DONE_FLAGS] as number) & DUPLICATE) !== 0) return;
    const seq = f64[(doneAt + SEQ) >> 1] as number;
    for (let at = from; at < doneAt; at += i32[at + LENGTH] as number) {
      const kind = i32[at + KIND] as number;
      if (kind === EVENT.TRADE) {
        const taker = takerOf(i32, at);
        const maker = i32[at + TRADE_MAKER] as number;
        this.give(taker, seq, events, at);
        if (maker !== taker) this.give(maker, seq, events, at);
      } else if (isPrivate(kind) && !(kind === EVENT.ORDER && isRepeated(i32, at))) {
        this.give(i32[at + ACCOUNT] as number, seq, events, at);
      }
    }
    for (const reader of this.touched) {
      reader.add(events, doneAt);
      reader.isTouched = false;
    }
    this.touched.length = 0;
  };

  private give(account: number, seq: number, events: Records, at: number): void {
    const readers = this.byAccount.get(account);
    if (readers === undefined) return;
    for (const reader of readers) {
      if (seq <= reader.since) continue;
      reader.add(events, at);
      if (reader.isTouched) continue;
      reader.isTouched = true;
      this.touched.push(reader);
    }
  }
}
