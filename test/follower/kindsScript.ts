import type { RecordBuffer } from '../../src/engines/records/buffer.ts';
import { type BatchItem, EngineDriver, type MarketInput, type PlaceInput } from '../support/engineDriver.ts';
import { random } from './script.ts';

const ACCOUNTS = 5;
const FEES = { takerFee: 80, makerFee: -20 };
const MARKETS: ({ slug: string; outcomes: number } & MarketInput)[] = [
  { slug: 'fees', outcomes: 2, ...FEES },
  { slug: 'sets', outcomes: 3 },
  { slug: 'sets-for-fees', outcomes: 4, ...FEES, feeBase: 'variance' },
  { slug: 'hybrid', outcomes: 2, type: 'hybrid', b: 20_000, hybridThreshold: 400_000_000, ...FEES },
  { slug: 'hybrid-sets', outcomes: 3, type: 'hybrid', b: 20_000 },
];
const HYBRID_SETS = 4;
const STP = ['expire-taker', 'expire-maker', 'expire-both', 'decrement'] as const;

/**
 * A journal of what came with complete sets, hybrids, fees, self-trade modes, expiries, batches, auctions and risk settings:
 * every account is on both sides of every book.
 */
export function kindsScript(seed: number, commands: number): RecordBuffer {
  const next = random(seed);
  const int = (below: number): number => Math.floor(next() * below);
  const driver = new EngineDriver();
  driver.time = 1_700_000_000_000;
  for (let account = 1; account <= ACCOUNTS; account++) driver.open(account, 50_000_000_000);
  for (const { slug, ...input } of MARKETS) driver.createMarket(slug, { tickSize: 100, closeTime: 1e13, ...input });

  driver.configure(HYBRID_SETS, { book: true });

  const orders: { account: number; market: number; order: number }[] = [];
  const input = (outcomes: number): PlaceInput => {
    const rests = int(3) > 0;
    const gtd = int(4) === 0;
    return {
      side: int(2) === 0 ? 'buy' : 'sell',
      outcome: int(outcomes),
      size: 1 + int(4_000),
      against: outcomes > 2 && int(4) === 0,
      stp: STP[int(4)] as (typeof STP)[number],
      reduceOnly: int(6) === 0,
      ...(rests || int(2) === 0 ? { price: 100 * (15 + int(60)) } : { type: 'market' }),
      ...(!rests ? { tif: 'IOC' } : gtd ? { tif: 'GTD', expiresAt: driver.time + 1 + int(30_000) } : {}),
      ...(int(3) === 0 ? { clientId: `k-${int(commands)}` } : {}),
    };
  };
  const item = (): BatchItem => {
    const known = orders[int(orders.length)] ?? { market: 0, order: 7 };
    if (int(3) === 0) return { cancel: known };
    if (int(3) === 0) return { amend: { ...known, size: 1 + int(4_000) } };
    const market = int(MARKETS.length);
    return { place: { market, ...input((MARKETS[market] as { outcomes: number }).outcomes) } };
  };

  for (let i = 0; i < commands; i++) {
    driver.time += int(40) === 0 ? int(90 * 60_000) : int(400);
    const account = 1 + int(ACCOUNTS);
    const market = int(MARKETS.length);
    const { outcomes, type } = MARKETS[market] as (typeof MARKETS)[number];
    const kind = int(100);
    if (kind < 62) {
      const { code, orderId } = driver.place(account, market, input(outcomes));
      if (code === undefined) orders.push({ account, market, order: orderId });
    } else if (kind < 74) {
      const items = Array.from({ length: 1 + int(6) }, item);
      driver.orders(account, items, int(2) === 0);
      // A client that lost the answer asks again.
      if (int(3) === 0) driver.orders(account, items, int(2) === 0);
    } else if (kind < 84) {
      const known = orders[int(orders.length)];
      if (known !== undefined) driver.amend(known.account, known.market, known.order, { price: 100 * (15 + int(60)) });
    } else if (kind < 88) driver.expire();
    else if (kind < 90) driver.cancelAll(account);
    else if (kind < 93) driver.haltForAuction(0);
    else if (kind < 97) driver.step('RESUME', 0);
    else if (kind < 98) driver.configure(market, { collar: int(3) === 0 ? 1_500 : 0, book: type === 'hybrid' });
    else if (kind < 99 && type === 'hybrid') driver.topUp(market, 20_000 + i * 10);
    else driver.accountRisk(account, int(5) === 0, 0);
  }
  for (const [market, { outcomes }] of MARKETS.entries()) {
    driver.time += 2_500;
    while (driver.step('RESUME', market).count > 0) driver.time += 1;
    if (market === 2) driver.void(market);
    else {
      driver.step('CLOSE', market);
      const payouts = Array.from({ length: outcomes }, (_, i) => (i === 0 ? 10_000 : 0));
      driver.resolve(market, payouts);
    }
    while (driver.batch('SETTLE_BATCH', market, 2).count > 0) driver.time += 1;
  }
  return driver.journal;
}
