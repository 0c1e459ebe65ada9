import type * as z from 'zod';
import type { streams } from '../../../src/protocol/streams.ts';
import { appendByte, checksumOf, EMPTY } from './crc32.ts';
import { Levels } from './levels.ts';

export type BookMessage = z.infer<typeof streams.bookSnapshot> | z.infer<typeof streams.book>;
export type BookFault = 'crc' | 'crossed';

const BAR = 124;
const SEMICOLON = 59;

/** One outcome's book. */
class Sides {
  readonly bids = new Levels('bid');
  readonly asks = new Levels('ask');

  get isCrossed(): boolean {
    const { best: bid } = this.bids;
    const { best: ask } = this.asks;
    return bid !== undefined && ask !== undefined && bid >= ask;
  }
}

/** The book of a market as its messages tell it, and what is wrong with them. */
export class BookMirror {
  readonly #books: Sides[] = [];
  /** Where the market has more than two outcomes: which book is whose, in the order of the outcomes. */
  readonly #outcomes = new Map<string, number>();
  readonly #depth: number;

  constructor(depth = Number.POSITIVE_INFINITY) {
    this.#depth = depth;
  }

  /**
   * Applies a snapshot or a delta. A delta that a resume replays has no checksum and is not judged: where the channel was
   * subscribed again while it was held, it tells what is known already.
   */
  take(message: BookMessage): BookFault | undefined {
    if (message.type === 'snapshot') this.begin((message.books ?? []).map(({ outcome }) => outcome));
    if (message.books === undefined) apply(this.#book(0), message);
    else for (const side of message.books) apply(this.#bookOf(side.outcome), side);
    return message.crc === undefined ? undefined : this.check(message.crc);
  }

  /** Forgets everything; of more than two outcomes each has a book. */
  begin(outcomes: readonly string[]): void {
    this.#books.length = 0;
    this.#outcomes.clear();
    for (const outcome of outcomes) {
      this.#outcomes.set(outcome, this.#books.length);
      this.#books.push(new Sides());
    }
  }

  /** Compares the book as it stands: after each message, and at the end of a resume. */
  check(crc: number): BookFault | undefined {
    if (crc !== this.crc) return 'crc';
    return this.#books.some(({ isCrossed }) => isCrossed) ? 'crossed' : undefined;
  }

  /** The best prices of each book, in ticks. */
  get best(): string {
    return this.#books.map(({ bids, asks }) => `${bids.best ?? '–'} | ${asks.best ?? '–'}`).join('; ');
  }

  /** What the protocol says the checksum is. */
  get crc(): number {
    let register = EMPTY;
    for (let i = 0; i < this.#books.length; i++) {
      const book = this.#books[i] as Sides;
      if (i > 0) register = appendByte(register, SEMICOLON);
      register = book.bids.appendTo(register, this.#depth);
      register = book.asks.appendTo(appendByte(register, BAR), this.#depth);
    }
    return checksumOf(register);
  }

  #book(index: number): Sides {
    this.#books[index] ??= new Sides();
    return this.#books[index];
  }

  #bookOf(outcome: string): Sides {
    const index = this.#outcomes.get(outcome);
    if (index === undefined) throw new Error(`a delta for ${outcome}, which the snapshot did not have`);
    return this.#book(index);
  }
}

function apply(book: Sides, { bids, asks }: Pick<BookMessage, 'bids' | 'asks'>): void {
  for (const [price, size] of bids) book.bids.set(price, size);
  for (const [price, size] of asks) book.asks.set(price, size);
}
