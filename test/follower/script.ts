import type { RecordBuffer } from '../../src/engines/records/buffer.ts';
import { EngineDriver, type PlaceInput } from '../support/engineDriver.ts';

/** Seeded numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ACCOUNTS = 6;
const MARKETS = [
  { slug: 'two', outcomes: 2, type: 'book' },
  { slug: 'three', outcomes: 3, type: 'book' },
  { slug: 'maker-two', outcomes: 2, type: 'lmsr' },
  { slug: 'maker-four', outcomes: 4, type: 'lmsr' },
  { slug: 'called-off', outcomes: 2, type: 'book' },
] as const;

/** A journal of `commands` commands of every kind that trades, refused ones among them, and the end of every market. */
export function tradingScript(seed: number, commands: number): RecordBuffer {
  const next = random(seed);
  const int = (below: number): number => Math.floor(next() * below);
  const driver = new EngineDriver();
  driver.time = 1_700_000_000_000;
  for (let account = 1; account <= ACCOUNTS; account++) driver.open(account, 50_000_000_000);
  driver.open(ACCOUNTS + 1, 0);
  for (const { slug, outcomes, type } of MARKETS)
    driver.createMarket(slug, { outcomes, type, tickSize: 100, closeTime: 1e13 });

  // Each account stays on one side of every book, so that it never trades with itself, and changes it now and then.
  const sides = Array.from({ length: ACCOUNTS + 1 }, (_, account) => account % 2);
  const orders: { account: number; market: number; orderId: number }[] = [];
  const pick = () => orders[int(orders.length)] ?? { account: 1, market: 0, orderId: 7 };
  for (let i = 0; i < commands; i++) {
    driver.time += int(50) === 0 ? int(90 * 60_000) : int(400);
    const account = 1 + int(ACCOUNTS);
    const market = int(MARKETS.length);
    const { outcomes, type } = MARKETS[market] as (typeof MARKETS)[number];
    const kind = int(100);
    if (int(60) === 0) {
      driver.cancelAll(account);
      sides[account] = 1 - (sides[account] as number);
    } else if (kind < 70) {
      const outcome = int(outcomes);
      const flipped = type === 'book' && outcomes === 2 && outcome === 1;
      const side = type === 'lmsr' ? int(2) : flipped ? 1 - (sides[account] as number) : sides[account];
      const immediate = type === 'lmsr' || int(5) === 0;
      const input: PlaceInput = {
        side: side === 0 ? 'buy' : 'sell',
        outcome,
        size: 1 + int(5_000),
        ...(immediate && int(2) === 0 ? { type: 'market' } : { price: 100 * (30 + int(40)) }),
        ...(immediate ? { tif: 'IOC' } : { postOnly: int(6) === 0 }),
        ...(int(3) === 0 ? { clientId: `c-${int(commands)}"\\` } : {}),
      };
      const result = driver.place(account, market, input);
      // A client that lost the answer asks again.
      if (input.clientId !== undefined && int(3) === 0) driver.place(account, market, input);
      if (result.code === undefined && !result.duplicate) orders.push({ account, market, orderId: result.orderId });
    } else if (kind < 85) {
      const order = pick();
      driver.cancel(order.account, order.market, order.orderId);
    } else if (kind < 93) {
      const order = pick();
      driver.amend(order.account, order.market, order.orderId, { size: 1 + int(5_000), price: 100 * (30 + int(40)) });
    } else if (kind < 95) driver.cancelAll(account, int(2) === 0 ? market : -1);
    else if (kind < 97) driver.deposit(account, 1_000_000 + int(1_000), `ref-${int(commands)}`);
    else if (kind < 98) driver.step('HALT', market);
    else driver.step('RESUME', market);
  }
  MARKETS.forEach(({ outcomes }, market) => {
    driver.time += 2_500;
    driver.step('RESUME', market);
    if (market === 4) driver.void(market, 'the "game"\\ was\0 off');
    else {
      driver.step('CLOSE', market);
      driver.time += 10;
      driver.resolve(
        market,
        Array.from({ length: outcomes }, (_, i) => (i === 0 ? 10_000 : 0)),
      );
    }
    driver.time += 10;
    while (driver.batch('SETTLE_BATCH', market, 2).count > 0) driver.time += 1;
  });
  return driver.journal;
}
