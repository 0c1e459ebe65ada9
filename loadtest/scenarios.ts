/** A scenario’s size where the command line says nothing else. */
export interface ScenarioDefaults {
  readonly about: string;
  readonly vus: number;
  /** Of each VU. */
  readonly sockets: number;
  readonly seconds: number;
  /** Requests a second in all. */
  readonly rate: number;
  readonly markets: number;
  /** Every so many markets one has four outcomes; 0: none. */
  readonly manyOutcomesEvery: number;
}

export const SCENARIOS = {
  'order-flow': {
    about: 'limit, IOC, FOK and post-only orders, amends, cancels and batches of many accounts',
    vus: 2,
    sockets: 10,
    seconds: 30,
    rate: 500,
    markets: 10,
    manyOutcomesEvery: 0,
  },
  'market-maker': {
    about: 'mass quotes on 50 markets with protection, and takers that hit them',
    vus: 2,
    sockets: 6,
    seconds: 30,
    rate: 20,
    markets: 50,
    manyOutcomesEvery: 0,
  },
  'market-data': {
    about:
      'books, orders, trades, tickers and candles of every market fanned out to many sockets, each checking what it gets',
    vus: 2,
    sockets: 25,
    seconds: 30,
    rate: 20,
    markets: 4,
    manyOutcomesEvery: 4,
  },
  mixed: {
    about: 'traders, market makers, watchers and clients that come and go, in markets of two and four outcomes',
    vus: 2,
    sockets: 16,
    seconds: 60,
    rate: 50,
    markets: 12,
    manyOutcomesEvery: 3,
  },
  spike: {
    about: 'order flow that is ten times as much in its middle third',
    vus: 2,
    sockets: 10,
    seconds: 60,
    rate: 50,
    markets: 10,
    manyOutcomesEvery: 0,
  },
  soak: {
    about: 'mixed at a modest rate for a long time',
    vus: 2,
    sockets: 12,
    seconds: 900,
    rate: 20,
    markets: 12,
    manyOutcomesEvery: 3,
  },
  'login-storm': {
    about: 'logins by password, token and API key, right and wrong, as fast as they are answered',
    vus: 2,
    sockets: 8,
    seconds: 30,
    rate: 20,
    markets: 1,
    manyOutcomesEvery: 0,
  },
  'reconnect-storm': {
    about: 'every socket lost again and again under order flow, then resumed by `since`',
    vus: 2,
    sockets: 10,
    seconds: 30,
    rate: 60,
    markets: 4,
    manyOutcomesEvery: 4,
  },
} as const satisfies Record<string, ScenarioDefaults>;

export type ScenarioName = keyof typeof SCENARIOS;
export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];
