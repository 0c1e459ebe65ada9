import fc from 'fast-check';
import type { BatchItem, EngineDriver, PlaceInput, QuoteInput } from '../../support/engineDriver.ts';
import type { DrivenStreams } from './drivenStreams.ts';

/** One of each kind of market with a book: two outcomes, several, and both beside a market maker. */
export const TRADED_MARKETS = ['two', 'three', 'hybrid', 'hybrid-three'];
const ACCOUNTS = 4;

export function tradedMarkets(driver: EngineDriver): void {
  for (let account = 1; account <= ACCOUNTS; account++) driver.open(account);
  driver.createMarket('two', { makerFee: 10, takerFee: 30 });
  driver.createMarket('three', { outcomes: 3 });
  driver.createMarket('hybrid', { type: 'hybrid', b: 5_000 });
  driver.createMarket('hybrid-three', { type: 'hybrid', outcomes: 3, b: 5_000 });
  driver.configure(2, { book: true });
  driver.configure(3, { book: true });
}

const market = fc.nat(TRADED_MARKETS.length - 1);
const price = fc.integer({ min: 5, max: 10 }).map((n) => n * 600);
const size = fc.integer({ min: 1, max: 40 });
const place = fc.record({
  market,
  outcome: fc.nat(2),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  price,
  size,
  tif: fc.constantFrom('GTC', 'GTC', 'GTC', 'GTC', 'GTD', 'IOC', 'FOK'),
  postOnly: fc.constantFrom(false, false, false, true),
  reduceOnly: fc.constantFrom(false, false, false, true),
  against: fc.boolean(),
  stp: fc.constantFrom('decrement', 'expire-taker', 'expire-maker', 'expire-both'),
});
/** Which of the orders placed so far, counted from the newest. */
const which = fc.nat(12);
const amend = fc.record({
  which,
  price: fc.option(price, { freq: 1 }),
  size: fc.option(fc.integer({ min: 1, max: 60 })),
});
const quoted = fc.option(fc.tuple(price, fc.integer({ min: 0, max: 30 })), { nil: undefined, freq: 4 });
const quotes = fc.record({
  group: fc.constantFrom('a', 'b'),
  items: fc.array(fc.record({ market, outcome: fc.nat(2), against: fc.boolean(), bid: quoted, ask: quoted }), {
    minLength: 1,
    maxLength: 4,
  }),
});
const item = fc.oneof(
  place.map((of) => ({ place: of })),
  amend.map((of) => ({ amend: of })),
  which.map((of) => ({ cancel: of })),
);

export const randomAct = fc.record({
  account: fc.integer({ min: 1, max: ACCOUNTS }),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.record({ place }) },
    { weight: 6, arbitrary: fc.record({ amend }) },
    { weight: 3, arbitrary: fc.record({ cancel: which }) },
    { weight: 3, arbitrary: fc.record({ batch: fc.array(item, { minLength: 1, maxLength: 4 }) }) },
    { weight: 5, arbitrary: fc.record({ quotes }) },
    { weight: 1, arbitrary: fc.record({ cancelQuotes: fc.constantFrom('', 'a', 'b') }) },
    { weight: 1, arbitrary: fc.record({ protect: fc.constantFrom('a', 'b') }) },
    { weight: 1, arbitrary: fc.record({ cancelAll: market }) },
    { weight: 1, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 1, arbitrary: fc.record({ topUp: fc.constantFrom(2, 3) }) },
    { weight: 2, arbitrary: fc.record({ auction: fc.boolean() }) },
    { weight: 2, arbitrary: fc.record({ resume: market }) },
  ),
});
type Act = typeof randomAct extends fc.Arbitrary<infer T> ? T : never;
type Place = typeof place extends fc.Arbitrary<infer T> ? T : never;

/** An order that was placed, and by whom. */
export type Placed = { order: number; account: number; market: number };

/** Carries out what was drawn; `placed` are the orders so far. */
export function actOn(driven: DrivenStreams, { account, what }: Act, placed: Placed[]): void {
  const { driver } = driven;
  driver.time++;
  const placedAt = (index: number): Placed => placed[placed.length - 1 - index] ?? { order: 1, account, market: 0 };
  /** In a batch: an order of the same account. */
  const ownAt = (index: number): Omit<Placed, 'account'> => {
    const own = placed.filter((one) => one.account === account);
    const { order, market } = own[own.length - 1 - index] ?? { order: 1, market: 0 };
    return { order, market };
  };
  const placeInput = ({ market: at, outcome, against, tif, postOnly, ...rest }: Place): PlaceInput => {
    const several = at % 2 === 1;
    const rests = tif === 'GTC' || tif === 'GTD';
    return {
      ...rest,
      tif: tif as NonNullable<PlaceInput['tif']>,
      outcome: several ? outcome : outcome % 2,
      stp: rest.stp as NonNullable<PlaceInput['stp']>,
      against: several && against,
      postOnly: postOnly && rests,
      ...(tif === 'GTD' && { expiresAt: driver.time + 100 }),
    };
  };
  const amendTo = (to: { price: number | null; size: number | null }) => ({
    ...(to.price !== null && { price: to.price }),
    ...(to.size !== null && { size: to.size }),
  });
  if ('place' in what) {
    const { orderId } = driven.act(() => driver.place(account, what.place.market, placeInput(what.place)));
    if (orderId > 0) placed.push({ order: orderId, account, market: what.place.market });
  } else if ('amend' in what) {
    const { account: owner, market, order } = placedAt(what.amend.which);
    driven.act(() => driver.amend(owner, market, order, amendTo(what.amend)));
  } else if ('cancel' in what) {
    const { account: owner, market, order } = placedAt(what.cancel);
    driven.act(() => driver.cancel(owner, market, order));
  } else if ('batch' in what) {
    const items = what.batch.map((each): BatchItem => {
      if ('place' in each) return { place: { ...placeInput(each.place), market: each.place.market } };
      if ('cancel' in each) return { cancel: ownAt(each.cancel) };
      return { amend: { ...ownAt(each.amend.which), ...amendTo(each.amend) } };
    });
    driven.act(() => driver.orders(account, items));
  } else if ('quotes' in what) {
    const items = what.quotes.items.map(({ market: at, outcome, against, bid, ask }): QuoteInput => {
      const several = at % 2 === 1;
      return {
        market: at,
        outcome: several ? outcome : outcome % 2,
        against: several && against,
        ...(bid !== undefined && { bid }),
        ...(ask !== undefined && { ask }),
      };
    });
    driven.act(() => driver.quotes(account, what.quotes.group, items));
  } else if ('cancelQuotes' in what) driven.act(() => driver.cancelQuotes(account, what.cancelQuotes));
  else if ('protect' in what) {
    driven.act(() => driver.quoteGroup(account, what.protect, { window: 1_000, frozen: 50, size: 40 }, true));
  } else if ('cancelAll' in what) driven.act(() => driver.cancelAll(account, what.cancelAll));
  else if ('topUp' in what) driven.act(() => driver.topUp(what.topUp, 5_000 + driver.time));
  else if ('auction' in what) driven.act(() => (what.auction ? driver.haltForAuction(0) : driver.step('HALT', 0)));
  else if ('resume' in what) driven.act(() => driver.step('RESUME', what.resume));
  else {
    driver.time += what.wait;
    driven.act(() => driver.expire());
  }
}
