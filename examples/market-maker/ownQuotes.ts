import type { QuoteState } from '../../src/protocol/answers.ts';
import type { ChannelMessage } from '../../src/sdk/index.ts';
import { keyOf } from './instruments.ts';

type Sides = { bid?: QuoteState; ask?: QuoteState };

/** One’s quotes as the `quotes` channel tells them. */
export class OwnQuotes {
  readonly sides = new Map<string, Sides>();
  /** Moments at which a bid stood at or above the ask of the same instrument: there must be none. */
  crossed = 0;
  private touched = new Set<string>();

  /** `quote` or the snapshot’s `quotes`. */
  take(message: ChannelMessage): void {
    if (message.type === 'snapshot') {
      this.sides.clear();
      for (const quote of message.quotes as QuoteState[]) this.set(quote);
    } else if (message.quote !== undefined) this.set(message.quote as QuoteState);
    // What one command changes is told together: only what it leaves counts.
    if (message.more === true) return;
    for (const key of this.touched) this.check(key);
    this.touched.clear();
  }

  private set(quote: QuoteState): void {
    const key = keyOf(quote.market, quote.outcome);
    const sides = this.sides.get(key) ?? {};
    if (quote.status === 'open') sides[quote.side] = quote;
    else delete sides[quote.side];
    this.sides.set(key, sides);
    this.touched.add(key);
  }

  private check(key: string): void {
    const { bid, ask } = this.sides.get(key) ?? {};
    if (bid !== undefined && ask !== undefined && Number(bid.price) >= Number(ask.price)) this.crossed++;
  }

  get open(): number {
    let count = 0;
    for (const { bid, ask } of this.sides.values()) count += (bid === undefined ? 0 : 1) + (ask === undefined ? 0 : 1);
    return count;
  }
}
