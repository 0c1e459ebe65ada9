import { crc32 } from 'node:zlib';
import { expect } from 'vitest';
import { streams } from '../../../src/protocol/streams.ts';
import type { Message } from './gateway.ts';

/** What a careful client does with a channel: checks every message’s shape and place in the chain. */
export class Chain {
  seq = -1;
  /** The seq that is complete: messages of the same command may follow a `more`. */
  complete = -1;
  caughtUp = 0;

  take(message: Message): void {
    schemaOf(message).parse(message);
    if (message.type === 'heartbeat') {
      expect(message.seq).toBe(this.seq);
      return;
    }
    // No link of the chain, either.
    if (message.type === 'queue') return;
    if (message.type === 'caught-up') {
      this.seq = this.complete = message.seq;
      this.caughtUp++;
      return;
    }
    expect(message.seq).toBeGreaterThanOrEqual(message.prev);
    if (message.type === 'snapshot') expect(message.prev).toBe(message.seq);
    else if (this.seq >= 0) expect(message.prev).toBe(this.seq);
    this.seq = message.seq;
    if (message.more !== true) this.complete = message.seq;
  }

  /** A connection is gone: what came of an unfinished command comes again. */
  cut(): number {
    this.seq = this.complete;
    return this.complete;
  }
}

/** The published shape of a stream message. */
export function schemaOf({ ch, type }: Message): { parse(message: unknown): unknown } {
  if (type === 'heartbeat') return streams.heartbeat;
  if (type === 'caught-up') return streams.caughtUp;
  if (type === 'queue') return streams.queue;
  if (type === 'self-trade') return streams.selfTrade;
  if (type === 'protection') return streams.protectionChange;
  if (ch === 'book.l3' && type === 'snapshot') return streams.bookL3Snapshot;
  if (ch === 'book.l3') return type === 'ended' ? streams.bookL3Ended : streams.bookL3Delta;
  if (ch === 'candles' && type === 'snapshot') return streams.candlesSnapshot;
  if (type === 'snapshot' && ch === 'book') return streams.bookSnapshot;
  if (type === 'snapshot' && ch === 'trades') return streams.tradesSnapshot;
  if (type === 'snapshot' && ch === 'orders') return streams.ordersSnapshot;
  if (type === 'snapshot' && ch === 'fills') return streams.fillsSnapshot;
  if (type === 'snapshot' && ch === 'quotes') return streams.quotesSnapshot;
  return streams[ch as keyof typeof streams];
}

type Side = Map<string, string>;

/** A client’s copy of a book, checked against the checksum of docs/PROTOCOL.md wherever one is given. */
export class Book {
  readonly chain = new Chain();
  readonly bids: Side = new Map();
  readonly asks: Side = new Map();
  checked = 0;

  take(message: Message): void {
    this.chain.take(message);
    if (message.type === 'snapshot') {
      this.bids.clear();
      this.asks.clear();
    }
    for (const [side, changes] of [
      [this.bids, message.bids ?? []],
      [this.asks, message.asks ?? []],
    ]) {
      for (const [price, size] of changes) {
        if (Number(size) === 0) side.delete(price);
        else side.set(price, size);
      }
    }
    if (message.crc === undefined) return;
    expect(this.checksum()).toBe(message.crc);
    this.checked++;
  }

  sorted(): { bids: [string, string][]; asks: [string, string][] } {
    return {
      bids: [...this.bids].sort(([a], [b]) => Number(b) - Number(a)),
      asks: [...this.asks].sort(([a], [b]) => Number(a) - Number(b)),
    };
  }

  private checksum(): number {
    const text = (side: [string, string][]) =>
      side
        .slice(0, 10)
        .map((level) => level.join(':'))
        .join(',');
    const { bids, asks } = this.sorted();
    return crc32(`${text(bids)}|${text(asks)}`);
  }
}
