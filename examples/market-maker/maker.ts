import type { QuoteEntry } from '../../src/protocol/requests.ts';
import type { Client } from '../../src/sdk/index.ts';
import { type ChannelMessage, ConnectionLost } from '../../src/sdk/index.ts';
import { type Instrument, keyOf } from './instruments.ts';
import { OwnQuotes } from './ownQuotes.ts';
import { quoteAround, type Terms } from './pricing.ts';

export const GROUP = 'example';

/** What is quoted, what has become of it, and what is to be quoted next. */
export class Maker {
  readonly own = new OwnQuotes();
  /** Shares bought less shares sold, by instrument. */
  readonly inventory: Map<string, number>;
  readonly tally = { requests: 0, quotes: 0, refused: 0, fills: 0, trips: 0 };
  /** Why sides were refused, by code. */
  readonly refusals = new Map<string, number>();
  private readonly instruments: ReadonlyMap<string, Instrument>;
  private readonly terms: Terms;
  private readonly fair = new Map<string, number>();
  private readonly dirty = new Set<string>();
  private frozenUntil = 0;

  constructor(instruments: readonly Instrument[], terms: Terms, inventory: Map<string, number>) {
    this.instruments = new Map(instruments.map((instrument) => [instrument.key, instrument]));
    this.terms = terms;
    this.inventory = inventory;
  }

  take(message: ChannelMessage): void {
    const { ch, type } = message;
    if (ch === 'ticker') this.takePrices(message);
    else if (ch === 'fills' && type === undefined) this.takeFill(message);
    else if (ch === 'quotes' && type === 'protection') this.takeProtection(message);
    else if (ch === 'quotes' && type !== 'caught-up') this.own.take(message);
  }

  private takePrices({ market = '', outcomes }: ChannelMessage): void {
    for (const { outcome, ammPrice } of (outcomes ?? []) as { outcome: string; ammPrice?: string }[]) {
      const key = keyOf(market, outcome);
      if (ammPrice === undefined || !this.instruments.has(key)) continue;
      this.fair.set(key, Number(ammPrice));
      this.dirty.add(key);
    }
  }

  private takeFill({ market = '', outcome, side, size }: ChannelMessage): void {
    const key = keyOf(market, String(outcome));
    const bought = side === 'buy' ? Number(size) : -Number(size);
    this.inventory.set(key, (this.inventory.get(key) ?? 0) + bought);
    this.tally.fills++;
    this.dirty.add(key);
  }

  private takeProtection({ cause, group }: ChannelMessage): void {
    if (cause !== 'tripped') return;
    this.tally.trips++;
    const { frozenUntil } = group as { frozenUntil?: number | null };
    this.frozenUntil = typeof frozenUntil === 'number' ? frozenUntil : 0;
    this.requoteAll();
  }

  /** A new connection, or a freeze that ends: nothing of what was quoted can be relied on. */
  requoteAll(): void {
    for (const key of this.fair.keys()) this.dirty.add(key);
  }

  /** Sends what has changed as one mass quote, and waits for its answer. */
  async quote(client: Client): Promise<void> {
    if (!client.connected || this.dirty.size === 0 || Date.now() < this.frozenUntil) return;
    const keys = [...this.dirty];
    this.dirty.clear();
    const quotes = keys.map((key) => this.entry(key));
    try {
      const answer = await client.request('quotes', { group: GROUP, quotes });
      this.tally.requests++;
      if (answer.ok) {
        this.tally.quotes += quotes.length;
        answer.results.forEach((result, i) => {
          if (result.ok) return;
          for (const error of [result.error, result.bid, result.ask]) {
            this.refused(error?.code);
            // Overtaken by a price that is on its way to us.
            if (error?.code === 'POST_ONLY_WOULD_TRADE') this.dirty.add(keys[i] as string);
          }
        });
        return;
      }
      const { code, limit, retryAfterMs = 0 } = answer.error;
      this.refused(code);
      if (retryAfterMs > 0) this.frozenUntil = Date.now() + retryAfterMs;
      else if (limit?.value === 'reset') await client.request('quoteGroup', { group: GROUP, reset: true });
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
    }
    for (const key of keys) this.dirty.add(key);
  }

  private refused(code: string | undefined): void {
    if (code === undefined) return;
    this.tally.refused++;
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  private entry(key: string): QuoteEntry {
    const { market, outcome, tick } = this.instruments.get(key) as Instrument;
    const sides = quoteAround(this.fair.get(key) ?? 0.5, tick, this.inventory.get(key) ?? 0, this.terms);
    return { market, outcome, ...sides };
  }
}
