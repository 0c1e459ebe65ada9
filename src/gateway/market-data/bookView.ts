import { crc32 } from 'node:zlib';
import { formatMillionths, formatPrice, formatSize } from '../../protocol/units.ts';
import type { Levels } from './levels.ts';
import type { BookState, MarketState } from './marketState.ts';

/** Levels of each side that the checksum covers. */
export const CRC_LEVELS = 10;

/** `[["0.55","10.00"],…]`, best first, at most `depth` of them. */
export function levelsJson(levels: Levels, depth = Number.POSITIVE_INFINITY): string {
  const { prices, lots } = levels;
  const last = Math.max(0, prices.length - depth);
  let text = '';
  for (let i = prices.length - 1; i >= last; i--) {
    text += `${text === '' ? '' : ','}["${formatPrice(prices[i] as number)}","${formatSize(lots[i] as number)}"]`;
  }
  return `[${text}]`;
}

/** The text that the checksum is of: see docs/PROTOCOL.md, “Checksum”. */
export function checksumText(books: readonly BookState[], depth = CRC_LEVELS): string {
  const count = Math.min(depth, CRC_LEVELS);
  let text = '';
  for (const book of books) {
    if (text !== '') text += ';';
    text += `${sideText(book.bids, count)}|${sideText(book.asks, count)}`;
  }
  return text;
}

function sideText({ prices, lots }: Levels, count: number): string {
  const last = Math.max(0, prices.length - count);
  let text = '';
  for (let i = prices.length - 1; i >= last; i--) {
    text += `${text === '' ? '' : ','}${formatPrice(prices[i] as number)}:${formatSize(lots[i] as number)}`;
  }
  return text;
}

/** CRC-32 (ISO 3309, as of zlib) of {@link checksumText}. */
export const checksum = (market: MarketState, depth = CRC_LEVELS): number => crc32(checksumText(market.books, depth));

/** `,"amm":{…}` where the market has a maker, else nothing. */
export function ammJson(market: MarketState): string {
  if (!market.hasMaker) return '';
  let prices = '';
  for (let i = 0; i < market.outcomes.length; i++) {
    prices += `${i > 0 ? ',' : ''}${market.quotedOutcomes[i]}:"${formatMillionths(market.ammMillionths[i] as number)}"`;
  }
  return `,"amm":{"prices":{${prices}},"b":"${formatSize(market.b)}"}`;
}

/**
 * The fields of a book snapshot: `"bids":…,"asks":…` of the one canonical book, or with more than two outcomes empty lists
 * and `"books"`, one for each; then `crc` and `amm`.
 */
export function bookFields(market: MarketState, depth?: number): string {
  const [only] = market.books;
  const main =
    market.books.length === 1 && only !== undefined
      ? `"bids":${levelsJson(only.bids, depth)},"asks":${levelsJson(only.asks, depth)}`
      : '"bids":[],"asks":[]';
  let several = '';
  if (market.books.length > 1) {
    for (const book of market.books) {
      several += `${several === '' ? '' : ','}{"outcome":${market.quotedOutcomes[book.outcome]},"bids":${levelsJson(
        book.bids,
        depth,
      )},"asks":${levelsJson(book.asks, depth)}}`;
    }
    several = `,"books":[${several}]`;
  }
  return `${main}${several},"crc":${checksum(market, depth)}${ammJson(market)}`;
}
