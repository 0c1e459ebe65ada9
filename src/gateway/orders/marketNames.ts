import type { MarketState } from '../market-data/marketState.ts';
import { outcomeOf } from './encode.ts';

const QUOTE = 34;
const SLUG_LENGTH_MAX = 64;

/** A market with its names as bytes. `byDefault`: the outcome where none is named, −1 where one must be. */
export type NamedMarket = { market: MarketState; slug: Uint8Array; outcomes: Uint8Array[]; byDefault: number };

/** Finds markets by the bytes of their slugs, without making a text of them. Bounded by the markets that there are. */
export class MarketNames {
  private readonly find: (slug: string) => MarketState | undefined;
  private readonly named = new Map<number, NamedMarket>();

  /** `find`: a market by its slug. */
  constructor(find: (slug: string) => MarketState | undefined) {
    this.find = find;
  }

  /** The market whose slug the bytes from `start` to `end` are. Slugs that hash alike take each other’s place. */
  at(bytes: Uint8Array, start: number, end: number): NamedMarket | undefined {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
    const known = this.named.get(hash);
    if (known !== undefined && equal(bytes, start, end, known.slug)) return known;
    const length = end - start;
    const slug = String.fromCharCode(...bytes.subarray(start, Math.min(end, start + SLUG_LENGTH_MAX)));
    const market = length > SLUG_LENGTH_MAX ? undefined : this.find(slug);
    if (market === undefined) return undefined;
    const byDefault = outcomeOf(market, undefined);
    const named = {
      market,
      slug: ascii(slug),
      // A name beyond ASCII is left to the others: no text that is scanned has a quote.
      outcomes: market.outcomes.map((name) => (/^[\x20-\x7e]*$/.test(name) ? ascii(name) : Uint8Array.of(QUOTE))),
      byDefault: typeof byDefault === 'number' ? byDefault : -1,
    };
    this.named.set(hash, named);
    return named;
  }
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

export function equal(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
