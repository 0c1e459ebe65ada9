import * as C from '../../dist/engines/records/commands.js';
import { median } from '../percentiles.ts';
import { Exchange } from './exchange.ts';
import { Sfc32 } from './sfc32.ts';

const MARKETS = 100;
const ACCOUNTS = 1_000;
/** $1,000 a market, in lots: the walk of prices stays far from the ends. */
const LIQUIDITY = 100_000;
const LOTS_MAX = 100;
const BATCH = 1_000;
const SEGMENTS = 5;
const MARKET_IOC = (C.MARKET_ORDER << 1) | (C.TIF.IOC << 2);

/** Nanoseconds of a whole PLACE against the market’s own maker: the median of five segments of `count` each. */
export function nsPerMakerTrade(outcomes: number, count: number): number {
  const random = new Sfc32(43);
  const terms = { type: 'lmsr', outcomes, tickSize: 100, liquidity: LIQUIDITY } as const;
  const exchange = new Exchange({ accounts: ACCOUNTS, markets: MARKETS, terms });
  const batch = (): number => {
    const records: number[] = [];
    for (let i = 0; i < BATCH; i++) {
      const account = random.integer(1, ACCOUNTS);
      const market = random.integer(0, MARKETS - 1);
      const order = random.integer(0, 1) | MARKET_IOC | (random.integer(0, outcomes - 1) << 8);
      records.push(exchange.records.place(account, market, order, 0, random.integer(1, LOTS_MAX)));
    }
    const start = performance.now();
    for (const at of records) exchange.apply(at);
    const ms = performance.now() - start;
    exchange.clear();
    return ms;
  };
  const segment = (): number => {
    let ms = 0;
    for (let done = 0; done < count; done += BATCH) ms += batch();
    return (ms * 1e6) / (Math.ceil(count / BATCH) * BATCH);
  };
  segment();
  return median(Array.from({ length: SEGMENTS }, segment));
}
