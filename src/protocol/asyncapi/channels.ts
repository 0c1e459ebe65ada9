import type { PRIVATE_CHANNELS, PUBLIC_CHANNELS } from '../requests.ts';
import type { streams } from '../streams.ts';

export type StreamName = keyof typeof streams;
export type ChannelName = (typeof PUBLIC_CHANNELS)[number] | (typeof PRIVATE_CHANNELS)[number];
/** Without a subscription: to every connection. */
export const UNASKED = 'server';

export type ChannelText = {
  summary: string;
  login: boolean;
  /** What a subscription may say besides `ch`. */
  takes: readonly string[];
};

export const CHANNELS: Readonly<Record<ChannelName | typeof UNASKED, ChannelText>> = {
  book: {
    summary: 'The book by price level: a snapshot, then deltas of absolute sizes with a checksum.',
    login: false,
    takes: ['market', 'depth', 'conflateMs', 'since'],
  },
  'book.l3': {
    summary:
      'Every resting order of a market’s books, under ids that say nothing of their owners, in the order of filling.',
    login: false,
    takes: ['market'],
  },
  trades: { summary: 'Every trade of a market.', login: false, takes: ['market', 'since'] },
  ticker: {
    summary: 'Best prices, last price and volume of a market.',
    login: false,
    takes: ['market', 'conflateMs', 'since'],
  },
  candles: {
    summary: 'Candles of a market’s outcomes, first those of the past, then the one of now as it changes.',
    login: false,
    takes: ['market', 'interval'],
  },
  market: { summary: 'Status and settings of a market.', login: false, takes: ['market', 'since'] },
  orders: {
    summary: 'Each change of each of the account’s orders; of all markets or of some.',
    login: true,
    takes: ['market', 'since', 'queue'],
  },
  fills: { summary: 'Each fill of the account; of all markets or of some.', login: true, takes: ['market', 'since'] },
  account: { summary: 'Balance, and the positions that changed.', login: true, takes: ['since'] },
  quotes: {
    summary: 'Each change of each of the account’s quotes, and of its groups’ protection.',
    login: true,
    takes: ['market', 'since'],
  },
  server: { summary: 'What every connection hears unasked.', login: false, takes: [] },
};

/** What each message of `streams` tells. */
export const STREAMS: Readonly<Record<string, string>> = {
  book: 'Levels that changed; size "0" removes one.',
  bookSnapshot: 'The whole book, best prices first; replaces all that is known.',
  bookL3Delta: 'Orders as they stand now; size "0" removes one.',
  bookL3Snapshot: 'Every resting order, bids first, best price first, at each price in the order of filling.',
  bookL3Ended: 'The book has more orders than are told one by one: the subscription is over.',
  trades: 'A trade, in the terms of the book.',
  tradesSnapshot: 'The latest trades, oldest first.',
  ticker: 'The ticker, whole.',
  market: 'The market, whole.',
  candles: 'The candle of now, whole; a new start begins the next one.',
  candlesSnapshot: 'The latest candles of every outcome, oldest first.',
  orders: 'An order after a change.',
  ordersSnapshot: 'The open orders, oldest first.',
  selfTrade: 'An order met one of the same account and did not trade with it.',
  queue: 'Shares that fill before each of the account’s orders; no link of the chain.',
  fills: 'A fill.',
  fillsSnapshot: 'Where the fills begin; those before are on GET /fills.',
  account: 'The balance, and all positions (snapshot) or those that changed.',
  quotes: 'A quote after a change.',
  quotesSnapshot: 'All quotes and groups.',
  protectionChange: 'A group’s protection was set, was hit, or was reset.',
  server: 'The server is about to end: nothing new is taken, everything taken is answered.',
  heartbeat: 'The channel has been silent for some seconds; no link of the chain.',
  caughtUp: 'The end of what a resume brought.',
};
