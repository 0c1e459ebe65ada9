import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MarketImage } from '../../src/engines/image.ts';
import { EngineDriver, type MarketInput } from '../support/engineDriver.ts';

function exchange(options: MarketInput = {}): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 3; account++) driver.open(account, 1_000_000_000);
  driver.createMarket('m', options);
  return driver;
}

const image = (driver: EngineDriver): MarketImage => driver.engine.image().markets[0] as MarketImage;

describe('a new market', () => {
  const invalid: [string, MarketInput, string][] = [
    ['one outcome', { outcomes: 1 }, 'outcome'],
    ['too many outcomes', { outcomes: 65 }, 'outcome'],
    ['no tick', { tickSize: 0 }, 'tickSize'],
    ['a tick that does not divide $1', { tickSize: 300 }, 'tickSize'],
    ['closed already', { closeTime: 1_000_000 }, 'closeTime'],
    ['a book with liquidity', { b: 1 }, 'liquidity'],
    ['a maker without', { type: 'lmsr', b: 0 }, 'liquidity'],
    ['a hybrid with a fraction of a lot', { type: 'hybrid', b: 1.5 }, 'liquidity'],
    ['more liquidity than an order may have', { type: 'lmsr', b: 1_000_000_001 }, 'liquidity'],
    ['a threshold without a book to come', { type: 'lmsr', hybridThreshold: 1 }, 'hybridThreshold'],
    ['a negative threshold', { type: 'hybrid', hybridThreshold: -1 }, 'hybridThreshold'],
    ['a negative taker fee', { takerFee: -1 }, 'fees'],
    ['a taker fee above 10 %', { takerFee: 1_001 }, 'fees'],
    ['a maker fee above 10 %', { makerFee: 1_001 }, 'fees'],
    ['a rebate above the taker fee', { takerFee: 10, makerFee: -11 }, 'fees'],
    ['a band from below 0', { type: 'lmsr', bandMin: -1 }, 'bands'],
    ['a band without room', { type: 'lmsr', bandMin: 500_000, bandMax: 500_000 }, 'bands'],
    ['a band to $1', { type: 'lmsr', bandMax: 1_000_000 }, 'bands'],
    ['a price that starts below its band', { type: 'lmsr', bandMin: 500_001 }, 'bands'],
    ['a price that starts above its band', { type: 'lmsr', bandMax: 799_999, prior: '0.2,0.8' }, 'bands'],
    ['a prior of a book', { prior: '0.5,0.5' }, 'prior'],
    ['a prior that does not add up', { type: 'lmsr', prior: '0.5,0.4' }, 'prior'],
    ['a prior of other outcomes', { type: 'lmsr', prior: '0.2,0.3,0.5' }, 'prior'],
    ['a prior of words', { type: 'lmsr', prior: 'half,half' }, 'prior'],
    ['a negative collar', { collar: -1 }, 'size'],
    ['a collar of $1', { collar: 10_000 }, 'size'],
    ['a limit above that of every market', { orderLots: 1_000_000_001 }, 'size'],
    ['a negative position limit', { positionLots: -1 }, 'size'],
    // The order in which these are checked.
    ['an outcome before a tick', { outcomes: 1, tickSize: 0 }, 'outcome'],
    ['fees before bands', { takerFee: -1, bandMin: -1 }, 'fees'],
    ['bands before a prior', { type: 'lmsr', bandMin: -1, prior: 'x' }, 'bands'],
    ['a prior before its prices', { type: 'lmsr', bandMin: 500_001, prior: 'x' }, 'prior'],
    ['a prior before a collar', { type: 'lmsr', prior: 'x', collar: -1 }, 'prior'],
  ];
  it.each(invalid)('refuses %s', (_, options, field) => {
    const driver = new EngineDriver();
    const { code, field: at, events } = driver.createMarket('m', options);
    expect([code, at, events]).toEqual(['INVALID_REQUEST', field, []]);
    expect(driver.engine.image().markets).toEqual([]);
    expect(driver.engine.audit().house).toBe(0);
  });

  it('refuses a name that is taken, after everything else', () => {
    const driver = exchange();
    expect(driver.createMarket('m')).toMatchObject({ code: 'CONFLICT', field: 'id' });
    expect(driver.createMarket('m', { tickSize: 0 })).toMatchObject({ code: 'INVALID_REQUEST', field: 'tickSize' });
  });

  it('keeps what it is told', () => {
    const driver = exchange({
      ...{ type: 'hybrid', outcomes: 3, tickSize: 10, b: 500, disputeWindow: 60_000, hybridThreshold: 7_000_000 },
      ...{ takerFee: 100, makerFee: -25, feeBase: 'variance', bandMin: 2_000, bandMax: 990_000 },
      ...{ collar: 300, orderLots: 10_000, positionLots: 50_000, prior: '0.25,0.25,0.5' },
    });
    expect(image(driver)).toMatchObject({
      ...{ type: 'hybrid', tickSize: 10, b: 500, bookOn: false, collar: 300, orderLots: 10_000, positionLots: 50_000 },
      books: [{ bids: [] }, { bids: [] }, { bids: [] }],
    });
    expect(image(driver).ammMillionths.map((price) => Math.round(price / 1_000))).toEqual([250, 250, 500]);
    // b·ln 4: the worst is that an outcome of 0.25 happens.
    const { amm, house } = driver.engine.audit();
    expect(Math.abs(amm - 5_000_000 * Math.log(4))).toBeLessThan(10_000);
    expect(house).toBe(-amm);
    driver.engine.checkInvariants();
  });
});

describe('risk settings', () => {
  it('are changed one by one', () => {
    const driver = exchange({ collar: 100, orderLots: 50, positionLots: 70 });
    driver.configure(0, { orderLots: 60 });
    expect(image(driver)).toMatchObject({ collar: 100, orderLots: 60, positionLots: 70 });
    expect(driver.configure(0, { collar: 0, positionLots: 0 }).events).toEqual(['market 0: open']);
    expect(image(driver)).toMatchObject({ collar: 0, orderLots: 60, positionLots: 0 });
  });

  it('are refused where they make no sense', () => {
    const driver = exchange();
    expect(driver.configure(7, {})).toMatchObject({ code: 'UNKNOWN_MARKET', field: 'market' });
    for (const risk of [{ collar: 10_000 }, { collar: -1 }, { orderLots: 1_000_000_001 }, { positionLots: -2 }])
      expect(driver.configure(0, risk)).toMatchObject({ code: 'INVALID_REQUEST', field: 'size', events: [] });
    expect(driver.configure(0, { book: true })).toMatchObject({ code: 'INVALID_REQUEST', field: 'type' });
    driver.step('HALT', 0);
    expect(driver.configure(0, { collar: 5 }).code).toBeUndefined();
    driver.step('CLOSE', 0);
    expect(driver.configure(0, { collar: 6 })).toMatchObject({ code: 'CONFLICT', field: 'market' });
  });

  it('bind orders from then on, not those that rest', () => {
    const driver = exchange();
    driver.place(1, 0, { price: 5_000, size: 500 });
    driver.configure(0, { orderLots: 100 });
    expect(driver.place(2, 0, { side: 'sell', price: 5_000, size: 101 })).toMatchObject({
      ...{ code: 'LIMIT_EXCEEDED', field: 'size', limit: 'marketOrderLots', value: 100 },
    });
    expect(driver.place(2, 0, { side: 'sell', price: 5_000, size: 100 }).code).toBeUndefined();
    driver.configure(0, { collar: 200, orderLots: 0 });
    expect(driver.place(2, 0, { price: 5_300, size: 101 })).toMatchObject({
      ...{ code: 'PRICE_OUT_OF_RANGE', field: 'price', value: 5_200 },
    });
    expect(driver.place(2, 0, { side: 'sell', price: 4_800, size: 101 }).code).toBeUndefined();
  });
});

describe('a hybrid', () => {
  it('gets its book when an operator says so', () => {
    const driver = exchange({ type: 'hybrid', b: 10_000 });
    expect(driver.place(1, 0, { price: 4_000, size: 100 })).toMatchObject({ code: 'INVALID_REQUEST', field: 'tif' });
    expect(driver.configure(0, { book: true }).events).toEqual(['market 0: open']);
    expect(image(driver)).toMatchObject({ bookOn: true });
    expect(driver.place(1, 0, { price: 4_000, size: 100 }).code).toBeUndefined();
    expect(driver.configure(0, { book: true }).code).toBeUndefined();
    driver.engine.checkInvariants();
  });

  it('closes at the mid of a tight book, else at the price of its maker', () => {
    const sources = (place: (driver: EngineDriver) => void): unknown => {
      const driver = exchange({ type: 'hybrid', b: 10_000 });
      driver.configure(0, { book: true });
      place(driver);
      driver.step('CLOSE', 0);
      return image(driver).closingPrices;
    };
    const maker = [
      { millionths: 500_000, source: 3 },
      { millionths: 500_000, source: 3 },
    ];
    expect(sources(() => {})).toEqual(maker);
    expect(sources((driver) => driver.place(1, 0, { price: 4_800, size: 1 }))).toEqual(maker);
    const tight = sources((driver) => {
      driver.place(1, 0, { price: 4_800, size: 1 });
      driver.place(2, 0, { side: 'sell', price: 5_100, size: 1 });
    });
    expect(tight).toEqual([
      { millionths: 495_000, source: 1 },
      { millionths: 505_000, source: 1 },
    ]);
  });
});

describe('a top-up', () => {
  it('keeps the prices, funds the larger loss, and is paid by the house', () => {
    const driver = exchange({ type: 'lmsr', b: 10_000 });
    driver.place(1, 0, { type: 'market', size: 7_000 });
    const before = image(driver);
    const { amm, house, escrow } = driver.engine.audit();
    expect(driver.topUp(0, 30_000).events).toEqual([expect.stringMatching(/^balance of 0: /), 'amm of 0']);
    const after = image(driver);
    expect(after.b).toBe(30_000);
    for (const [i, price] of after.ammMillionths.entries())
      expect(Math.abs(price - (before.ammMillionths[i] as number))).toBeLessThanOrEqual(17);
    const audit = driver.engine.audit();
    expect(audit.escrow).toBe(escrow);
    expect(audit.amm - amm).toBe(house - audit.house);
    // (b′ − b)·max(−ln p), to within the rounding of the quantities.
    const most = -Math.log(Math.min(...before.ammMillionths) / 1_000_000);
    expect(Math.abs((audit.amm - amm) / (20_000 * 10_000 * most) - 1)).toBeLessThan(1e-3);
    driver.engine.checkInvariants();
  });

  it('is refused where there is no maker, no more of it, and no market to trade in', () => {
    const driver = exchange({ type: 'lmsr', b: 10_000 });
    driver.createMarket('book');
    expect(driver.topUp(9, 1)).toMatchObject({ code: 'UNKNOWN_MARKET', field: 'market' });
    expect(driver.topUp(1, 10)).toMatchObject({ code: 'INVALID_REQUEST', field: 'type' });
    for (const b of [10_000, 9_999, 10_000.5, 1_000_000_001])
      expect(driver.topUp(0, b)).toMatchObject({ code: 'INVALID_REQUEST', field: 'liquidity', events: [] });
    driver.step('HALT', 0);
    expect(driver.topUp(0, 10_001).code).toBeUndefined();
    driver.step('CLOSE', 0);
    expect(driver.topUp(0, 10_002)).toMatchObject({ code: 'CONFLICT', field: 'market' });
  });

  it('fills the orders that its smaller steps take its price through', () => {
    const driver = exchange({ type: 'hybrid', b: 10, tickSize: 1 });
    driver.configure(0, { book: true });
    // One lot moves the price from 0.5 to 0.524…: at 0.516 there is nothing to trade, at a fifth of that step there is.
    driver.place(1, 0, { price: 5_160, size: 100 });
    expect(image(driver).books[0]?.bids).toEqual([[5_160, 100]]);
    driver.engine.checkInvariants();
    const { events } = driver.topUp(0, 100);
    expect(events.filter((event) => event.startsWith('trade'))).toEqual([
      'trade: -1 sells 6 of 0 at 5160 with 1 for 30960',
    ]);
    driver.engine.checkInvariants();
    driver.step('HALT', 0);
    // Nothing trades in a halted market; it does when it opens.
    expect(driver.topUp(0, 5_000).events).toHaveLength(2);
    driver.engine.checkInvariants();
    expect(driver.step('RESUME', 0).events.filter((event) => event.startsWith('trade'))).toEqual([
      'trade: -1 sells 20 of 0 at 5160 with 1 for 103200',
    ]);
    driver.engine.checkInvariants();
  });

  it('keeps every invariant between trades, and gives the house back all of it', () => {
    const step = fc.record({
      account: fc.integer({ min: 1, max: 3 }),
      outcome: fc.nat(2),
      side: fc.constantFrom<'buy' | 'sell'>('buy', 'sell'),
      price: fc.integer({ min: 5, max: 95 }).map((cents) => cents * 100),
      size: fc.integer({ min: 1, max: 400 }),
      rests: fc.boolean(),
      more: fc.integer({ min: 0, max: 300 }),
    });
    const outcomes = fc.constantFrom(2, 3);
    fc.assert(
      fc.property(outcomes, fc.array(step, { minLength: 5, maxLength: 30 }), fc.boolean(), (n, steps, calledOff) => {
        const driver = exchange({ type: 'hybrid', outcomes: n, b: 200, bandMin: 20_000, bandMax: 980_000 });
        driver.configure(0, { book: true });
        let b = 200;
        for (const { more, rests, outcome, ...input } of steps) {
          driver.place(input.account, 0, { ...input, outcome: outcome % n, tif: rests ? 'GTC' : 'IOC' });
          driver.engine.checkInvariants();
          if (more % 4 !== 0) continue;
          b += more;
          driver.topUp(0, b);
          driver.engine.checkInvariants();
        }
        expect(driver.replayed().stateHash()).toBe(driver.engine.stateHash());
        if (calledOff) driver.void(0);
        else {
          driver.step('CLOSE', 0);
          driver.resolve(0, n === 2 ? [0, 10_000] : [0, 10_000, 0]);
        }
        driver.settle(0);
        driver.engine.checkInvariants();
        expect(driver.engine.audit()).toMatchObject({ escrow: 0, amm: 0, held: 0, conserved: true });
        if (calledOff) expect(driver.engine.audit().house).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
