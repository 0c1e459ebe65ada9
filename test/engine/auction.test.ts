import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketImage } from '../../src/engines/image.ts';
import { EngineDriver, type MarketInput, type PlaceInput } from '../support/engineDriver.ts';

const HALTED = 1;
const OPEN = 0;

/** A halted market that collects orders; accounts 1 to 6 have $100 each. */
function collecting(options: MarketInput = {}): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 6; account++) driver.open(account, 100_000_000);
  driver.createMarket('m', options);
  driver.haltForAuction(0);
  return driver;
}

const buy = (price: number, size: number, more: Partial<PlaceInput> = {}): PlaceInput => ({ price, size, ...more });
const sell = (price: number, size: number, more: Partial<PlaceInput> = {}): PlaceInput => ({
  side: 'sell',
  price,
  size,
  ...more,
});
const image = (driver: EngineDriver): MarketImage => driver.engine.image().markets[0] as MarketImage;
const trades = (events: string[]): string[] => events.filter((event) => event.startsWith('trade'));

describe('a market halted for an auction', () => {
  it('is a market of two outcomes with a book', () => {
    const driver = new EngineDriver();
    driver.createMarket('three', { outcomes: 3 });
    driver.createMarket('maker', { type: 'lmsr' });
    driver.createMarket('hybrid', { type: 'hybrid' });
    for (const market of [0, 1, 2]) {
      const { code, field } = driver.haltForAuction(market);
      expect([code, field]).toEqual(['CONFLICT', 'market']);
    }
  });

  it('collects limit orders that can wait, and nothing else', () => {
    const driver = collecting({ closeTime: 2_000_000 });
    expect(image(driver)).toMatchObject({ status: HALTED, auction: true });
    const refused: PlaceInput[] = [
      buy(5_000, 10, { tif: 'IOC' }),
      buy(5_000, 10, { tif: 'FOK' }),
      { type: 'market', size: 10 },
      buy(5_000, 10, { postOnly: true }),
      buy(5_000, 10, { reduceOnly: true }),
    ];
    for (const order of refused) expect(driver.place(1, 0, order).code).toBe('MARKET_NOT_OPEN');
    expect(driver.place(1, 0, buy(5_000, 10, { tif: 'GTD', expiresAt: 1_500_000 })).code).toBeUndefined();
    expect(driver.place(1, 0, buy(5_050, 10)).code).toBe('PRICE_NOT_ON_TICK');
    expect(driver.place(1, 0, buy(5_000, 30_000)).code).toBe('INSUFFICIENT_FUNDS');
    driver.time = 2_000_000;
    expect(driver.place(1, 0, buy(5_000, 10)).code).toBe('MARKET_NOT_OPEN');
  });

  it('collects orders that cross, with their collateral, outside the book', () => {
    const driver = collecting();
    expect(driver.place(1, 0, buy(6_000, 100)).events).toEqual([
      'order of 1: buy 0 at 6000 open 0/100',
      'balance of 1: 100000000 held 600000',
    ]);
    const asked = driver.place(2, 0, sell(4_000, 100));
    expect(driver.account(2)).toMatchObject({ balance: 100_000_000, held: 600_000 });
    expect(image(driver)).toMatchObject({ openOrders: 2, books: [{ bids: [], asks: [] }] });
    driver.engine.checkInvariants();
    expect(driver.amend(2, 0, asked.orderId, { size: 50 }).code).toBe('MARKET_NOT_OPEN');
    expect(driver.cancel(2, 0, asked.orderId).events).toEqual([
      'order of 2: sell 0 at 4000 canceled 0/100',
      'balance of 2: 100000000 held 0',
    ]);
    expect(driver.account(2).held).toBe(0);
    driver.engine.checkInvariants();
  });

  it('gives everything back when it is closed or called off', () => {
    for (const end of ['close', 'void']) {
      const driver = collecting();
      driver.place(1, 0, buy(6_000, 100));
      driver.place(2, 0, sell(4_000, 100));
      const { count } = end === 'close' ? driver.step('CLOSE', 0) : driver.void(0);
      expect(count).toBe(2);
      expect(image(driver)).toMatchObject({ auction: false, openOrders: 0 });
      expect([driver.account(1).held, driver.account(2).held]).toEqual([0, 0]);
      driver.engine.checkInvariants();
    }
  });

  it('goes on after a restart', () => {
    const driver = collecting();
    driver.place(1, 0, buy(6_000, 100));
    driver.place(2, 0, sell(4_000, 60));
    driver.engine = driver.replayed();
    expect(driver.step('RESUME', 0).events.at(-1)).toBe('market 0: open');
    expect(image(driver)).toMatchObject({ status: OPEN, books: [{ bids: [[6_000, 40]], asks: [] }] });
  });
});

describe('the auction', () => {
  it('trades everything that crosses at one price, and the rest joins the book', () => {
    const driver = new EngineDriver();
    for (let account = 1; account <= 6; account++) driver.open(account, 100_000_000);
    driver.createMarket('m', { tickSize: 1_000 });
    driver.place(1, 0, buy(4_000, 10));
    driver.place(2, 0, sell(6_000, 10));
    driver.haltForAuction(0);
    driver.place(3, 0, buy(7_000, 15));
    driver.place(4, 0, sell(3_000, 20));
    driver.place(5, 0, buy(4_000, 5));
    driver.place(5, 0, { outcome: 1, side: 'buy', price: 1_000, size: 8 });
    // At 4,000 all 20 that are offered meet 30 that are wanted, at every other price less.
    expect(driver.step('RESUME', 0).events).toEqual([
      // 15 of the new bid, which is the best, and 5 of the old one, which came before the other at its price.
      'order of 3: buy 0 at 7000 filled 15/15',
      'balance of 3: 99940000 held 0',
      'position of 3 in 0: 15 held 0 cost 60000',
      'order of 4: sell 0 at 3000 open 15/20',
      'balance of 4: 99910000 held 35000',
      'position of 4 in 0: 0 held 0 cost 0',
      'position of 4 in 1: 15 held 0 cost 90000',
      'trade: 4 sells 15 of 0 at 4000 with 3 for 60000',
      'order of 1: buy 0 at 4000 open 5/10',
      'balance of 1: 99980000 held 20000',
      'position of 1 in 0: 5 held 0 cost 20000',
      'order of 4: sell 0 at 3000 filled 20/20',
      'balance of 4: 99880000 held 0',
      'position of 4 in 0: 0 held 0 cost 0',
      'position of 4 in 1: 20 held 0 cost 120000',
      'trade: 4 sells 5 of 0 at 4000 with 1 for 20000',
      'level buy 0 at 4000: 5',
      'order of 5: buy 0 at 4000 open 0/5',
      'order of 5: sell 0 at 9000 open 0/8',
      'level buy 0 at 4000: 10',
      'level sell 0 at 9000: 8',
      'market 0: open',
    ]);
    expect(image(driver)).toMatchObject({ last: [400_000, 600_000], volumeMicros: 80_000 });
    driver.engine.checkInvariants();
    // The rest of the old bid has kept its place before the collected one.
    expect(trades(driver.place(6, 0, sell(4_000, 7)).events)).toEqual([
      'trade: 6 sells 5 of 0 at 4000 with 1 for 20000',
      'trade: 6 sells 2 of 0 at 4000 with 5 for 8000',
    ]);
  });

  it('opens a market in which nothing crosses', () => {
    const driver = collecting();
    driver.place(1, 0, buy(4_000, 10));
    driver.place(2, 0, sell(5_000, 10));
    expect(driver.step('RESUME', 0)).toMatchObject({ code: undefined, count: 0 });
    expect(image(driver)).toMatchObject({ last: [-1, -1], books: [{ bids: [[4_000, 10]], asks: [[5_000, 10]] }] });
    driver.engine.checkInvariants();
  });

  it('takes the middle where nothing has traded yet', () => {
    const driver = collecting();
    driver.place(1, 0, buy(9_000, 10));
    driver.place(2, 0, sell(1_000, 10));
    expect(trades(driver.step('RESUME', 0).events)).toEqual(['trade: 2 sells 10 of 0 at 5000 with 1 for 50000']);
  });

  it('fills orders that shares cover', () => {
    const driver = new EngineDriver();
    for (let account = 1; account <= 3; account++) driver.open(account, 100_000_000);
    driver.createMarket('m');
    driver.place(1, 0, buy(5_000, 100));
    driver.place(2, 0, sell(5_000, 100));
    driver.haltForAuction(0);
    driver.place(1, 0, sell(2_000, 100));
    // Account 2 has NO: its bid is an offer of them.
    driver.place(2, 0, buy(8_000, 60));
    expect([driver.account(1).held, driver.account(2).held]).toEqual([0, 0]);
    driver.engine.checkInvariants();
    driver.step('RESUME', 0);
    driver.engine.checkInvariants();
    expect(driver.account(1)).toMatchObject({ balance: 100_000_000 - 500_000 + 300_000, positions: [{ shares: 40 }] });
    expect(driver.account(2)).toMatchObject({ balance: 100_000_000 - 500_000 + 300_000, positions: [{ shares: 40 }] });
  });

  it('cancels the younger of two orders of one account before anything trades', () => {
    const driver = collecting();
    driver.place(1, 0, buy(7_000, 10));
    driver.place(2, 0, sell(3_000, 4));
    driver.place(1, 0, sell(4_000, 10));
    driver.place(3, 0, sell(5_000, 3));
    const { events } = driver.step('RESUME', 0);
    expect(events.slice(0, 3)).toEqual([
      'self-trade of 1: 6 of 0 at 7000',
      'order of 1: sell 0 at 4000 canceled 0/10',
      'balance of 1: 100000000 held 70000',
    ]);
    expect(trades(events)).toEqual([
      'trade: 2 sells 4 of 0 at 5000 with 1 for 20000',
      'trade: 3 sells 3 of 0 at 5000 with 1 for 15000',
    ]);
    driver.engine.checkInvariants();
  });

  it('pairs again what a canceled order had been paired with', () => {
    const driver = collecting();
    driver.place(1, 0, sell(4_000, 5));
    driver.place(2, 0, sell(3_000, 5));
    driver.place(1, 0, buy(7_000, 10)); // meets both of them, and the second is its account's
    driver.place(2, 0, buy(6_000, 5)); // then meets its own account's, which it did not before
    driver.place(3, 0, buy(5_000, 4));
    const { events } = driver.step('RESUME', 0);
    expect(events.filter((event) => event.startsWith('self-trade'))).toEqual([
      'self-trade of 1: 5 of 0 at 4000',
      'self-trade of 2: 5 of 0 at 3000',
    ]);
    expect(trades(events)).toEqual(['trade: 3 buys 4 of 0 at 3900 with 2 for 15600']);
    driver.engine.checkInvariants();
  });

  it('takes the later of a batch for the younger', () => {
    const driver = collecting();
    driver.orders(1, [{ place: { market: 0, ...buy(6_000, 10) } }, { place: { market: 0, ...sell(4_000, 5) } }]);
    driver.orders(2, [{ place: { market: 0, ...sell(3_000, 2) } }, { place: { market: 0, ...buy(8_000, 5) } }]);
    const { events } = driver.step('RESUME', 0);
    expect(events.filter((event) => event.includes('canceled'))).toEqual([
      'order of 2: buy 0 at 8000 canceled 0/5',
      'order of 1: sell 0 at 4000 canceled 0/5',
    ]);
  });

  it('leaves out orders whose time has passed', () => {
    const driver = collecting();
    driver.place(1, 0, buy(9_000, 10, { tif: 'GTD', expiresAt: driver.time + 10 }));
    driver.place(2, 0, buy(4_000, 10, { tif: 'GTD', expiresAt: driver.time + 11 }));
    driver.place(3, 0, sell(4_000, 10));
    driver.time += 10;
    const { events } = driver.step('RESUME', 0);
    expect(events[0]).toBe('order of 1: buy 0 at 9000 canceled 0/10');
    expect(trades(events)).toEqual(['trade: 3 sells 10 of 0 at 4000 with 2 for 40000']);
    driver.engine.checkInvariants();
  });

  it('takes the maker’s fee from both sides', () => {
    const driver = collecting({ takerFee: 200, makerFee: 100 });
    driver.place(1, 0, buy(6_000, 100));
    driver.place(2, 0, sell(4_000, 40));
    driver.engine.checkInvariants();
    driver.step('RESUME', 0);
    driver.engine.checkInvariants();
    // 1 % of $0.50 × 0.40.
    expect(driver.engine.audit().fees).toBe(2 * 2_000);
    expect(driver.account(1)).toMatchObject({ balance: 100_000_000 - 202_000, held: 60 * 6_060 });
  });

  it('cancels a reduce-only order whose shares a fill of its owner uses up', () => {
    const driver = new EngineDriver();
    for (let account = 1; account <= 4; account++) driver.open(account, 100_000_000);
    driver.createMarket('m');
    driver.place(1, 0, sell(5_000, 100));
    driver.place(2, 0, buy(5_000, 100));
    // Account 1 has 100 NO, and offers them as a bid.
    driver.place(1, 0, buy(4_000, 100, { reduceOnly: true }));
    driver.haltForAuction(0);
    driver.place(1, 0, buy(6_000, 80));
    driver.place(3, 0, sell(3_000, 90));
    driver.place(4, 0, sell(3_500, 90));
    driver.engine.checkInvariants();
    const { events } = driver.step('RESUME', 0);
    driver.engine.checkInvariants();
    expect(events.filter((event) => event.startsWith('order of 1'))).toEqual([
      'order of 1: buy 0 at 4000 open 0/20',
      'order of 1: buy 0 at 6000 filled 80/80',
      'order of 1: buy 0 at 4000 open 10/20',
      'order of 1: buy 0 at 4000 filled 20/20',
    ]);
    expect(driver.account(1).positions).toEqual([]);
  });

  it('stays halted at its price when it takes more fills than one command may', () => {
    const driver = new EngineDriver();
    for (let account = 1; account <= 3; account++) driver.open(account);
    driver.createMarket('m');
    driver.haltForAuction(0);
    for (let i = 0; i < 5_000; i++) driver.place(1, 0, buy(6_000, 1));
    driver.place(2, 0, sell(5_000, 10_000));
    const { count, events } = driver.step('RESUME', 0);
    expect(count).toBe(4_096);
    expect(trades(events)).toHaveLength(4_096);
    expect(image(driver)).toMatchObject({ status: HALTED, auction: true, openOrders: 905 });
    driver.engine.checkInvariants();
    expect(driver.place(3, 0, sell(1_000, 10)).code).toBe('MARKET_NOT_OPEN');
    // An order that its owner cancels meanwhile is missing, that is all.
    expect(driver.cancelAll(2, 0).count).toBe(1);
    driver.engine = driver.replayed();
    expect(driver.step('RESUME', 0)).toMatchObject({ count: 0 });
    expect(image(driver)).toMatchObject({ status: OPEN, books: [{ bids: [[6_000, 904]], asks: [] }] });
    driver.engine.checkInvariants();
  });

  it('does what exactly fits into one command in one', () => {
    const driver = new EngineDriver();
    for (let account = 1; account <= 2; account++) driver.open(account);
    driver.createMarket('m');
    driver.haltForAuction(0);
    for (let i = 0; i < 4_096; i++) driver.place(1, 0, buy(6_000, 1));
    driver.place(2, 0, sell(5_000, 5_000));
    expect(driver.step('RESUME', 0).count).toBe(0);
    expect(image(driver)).toMatchObject({ status: OPEN, volumeMicros: 4_096 * 5_000 });
  });

  it('finds another price where cancellations between its commands leave something that crosses', () => {
    const driver = new EngineDriver();
    for (let account = 1; account <= 4; account++) driver.open(account);
    driver.createMarket('m');
    driver.haltForAuction(0);
    for (let i = 0; i < 4_200; i++) driver.place(1, 0, buy(6_000, 1));
    driver.place(3, 0, buy(4_000, 50));
    driver.place(2, 0, sell(3_000, 4_400));
    expect(driver.step('RESUME', 0).count).toBe(4_096);
    driver.cancelAll(1, 0);
    const { count, events } = driver.step('RESUME', 0);
    expect(count).toBe(0);
    expect(trades(events)).toEqual(['trade: 2 sells 50 of 0 at 4000 with 3 for 200000']);
    driver.engine.checkInvariants();
  });
});

describe('random auctions', () => {
  const order = fc.record({
    account: fc.integer({ min: 1, max: 6 }),
    side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
    price: fc.integer({ min: 1, max: 9 }).map((tens) => tens * 1_000),
    size: fc.integer({ min: 1, max: 20 }),
  });

  it('trade at one price, leave nothing that crosses, and keep every invariant', () => {
    fc.assert(
      fc.property(
        fc.array(order, { maxLength: 12 }),
        fc.array(order, { minLength: 1, maxLength: 40 }),
        fc.constantFrom<[number, number]>([0, 0], [100, 37], [250, -250]),
        (before, during, [takerFee, makerFee]) => {
          const driver = new EngineDriver();
          for (let account = 1; account <= 6; account++) driver.open(account, 3_000_000 * account);
          driver.createMarket('m', { tickSize: 1_000, takerFee, makerFee });
          for (const { account, ...input } of before) driver.place(account, 0, input);
          driver.haltForAuction(0);
          for (const { account, ...input } of during) driver.place(account, 0, input);
          driver.engine.checkInvariants();
          const { events, count } = driver.step('RESUME', 0);
          driver.engine.checkInvariants();
          expect(count).toBe(0);
          const prices = new Set(trades(events).map((event) => event.split(' at ')[1]?.split(' ')[0]));
          expect(prices.size).toBeLessThanOrEqual(1);
          expect(driver.replayed().stateHash()).toBe(driver.engine.stateHash());
          driver.void(0);
          driver.settle(0);
          expect(driver.engine.audit()).toMatchObject({ escrow: 0, held: 0, fees: 0, conserved: true });
        },
      ),
      { numRuns: 200 },
    );
  });
});
