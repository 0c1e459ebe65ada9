import type * as z from 'zod';
import type { QuoteState } from '../../../src/protocol/answers.ts';
import type { streams } from '../../../src/protocol/streams.ts';
import { parsePrice } from '../../../src/protocol/units.ts';

type QuotesMessage =
  | z.infer<typeof streams.quotes>
  | z.infer<typeof streams.quotesSnapshot>
  | z.infer<typeof streams.protectionChange>;

/** Prices of both sides of an instrument in a group; 0: none. */
interface Sides {
  bid: number;
  ask: number;
}

/** The quotes of an account as its channel tells them. */
export class QuoteMirror {
  readonly #sides = new Map<string, Sides>();
  /** Instruments that the `seq` under way has touched. */
  readonly #touched = new Set<string>();
  /** Quotes that were canceled by commands, by their `seq`; the latest alone. */
  #canceled = { seq: -1, count: 0 };
  #trips = 0;

  /** How many sides stand. */
  get open(): number {
    let open = 0;
    for (const { bid, ask } of this.#sides.values()) open += (bid > 0 ? 1 : 0) + (ask > 0 ? 1 : 0);
    return open;
  }

  /** How often the protection was hit. */
  get trips(): number {
    return this.#trips;
  }

  /** Sides that ended by the latest command that canceled any. */
  get canceled(): { readonly seq: number; readonly count: number } {
    return this.#canceled;
  }

  /** The instruments whose own bid and ask cross when all of a `seq` has come. */
  take(message: QuotesMessage): string[] {
    if ('quotes' in message) {
      this.#sides.clear();
      for (const quote of message.quotes) this.#set(quote);
    } else if ('group' in message) {
      if (message.cause === 'tripped') this.#trips++;
    } else {
      this.#set(message.quote);
      if (message.quote.status === 'canceled') this.#countCanceled(message.seq);
    }
    if (message.more === true) return [];
    const crossed = [...this.#touched].filter((key) => {
      const { bid, ask } = this.#sides.get(key) as Sides;
      return bid > 0 && ask > 0 && bid >= ask;
    });
    this.#touched.clear();
    return crossed;
  }

  #set({ group, market, outcome, against, side, price, status }: QuoteState): void {
    const key = `${group} ${market} ${outcome}${against === true ? ' against' : ''}`;
    let sides = this.#sides.get(key);
    if (sides === undefined) {
      sides = { bid: 0, ask: 0 };
      this.#sides.set(key, sides);
    }
    sides[side] = status === 'open' ? parsePrice(price) : 0;
    this.#touched.add(key);
  }

  #countCanceled(seq: number): void {
    if (seq === this.#canceled.seq) this.#canceled.count++;
    else this.#canceled = { seq, count: 1 };
  }
}
