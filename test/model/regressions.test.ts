import { describe, it } from 'vitest';
import type { CreateCommand, ModelCommand, PlaceCommand } from './commands.ts';
import { SideBySide } from './sideBySide.ts';

/** What random commands have found, cut down: each once was a difference between the engine and the reference exchange. */
function play(
  market: Partial<CreateCommand>,
  commands: ModelCommand[],
  grants = [20_000_000, 20_000_000, 300_000, 60_000],
) {
  const both = new SideBySide();
  let time = 1_000;
  for (const [index, grant] of grants.entries()) both.apply({ kind: 'OPEN_ACCOUNT', account: index + 1, grant }, time);
  const terms: CreateCommand = {
    ...{ kind: 'CREATE_MARKET', slug: 'm', type: 'book', outcomes: 2, tickSize: 500, closeTime: 1e12, b: 0 },
    ...{ disputeWindow: 0, threshold: 0, takerFee: 0, makerFee: 0, feeBase: 'notional', bandMin: 0, bandMax: 0 },
    ...{ collar: 0, orderLots: 0, positionLots: 0, prior: '' },
  };
  both.apply({ ...terms, ...market }, time);
  for (const command of commands) {
    time += 1;
    both.apply(command, time);
  }
  both.restart();
  both.replay();
}

const place = (
  account: number,
  side: 'buy' | 'sell',
  size: number,
  price: number,
  more: Partial<PlaceCommand> = {},
): PlaceCommand => ({
  ...{ kind: 'PLACE', account, market: 0, outcome: 0, side, type: 'limit', tif: 'GTC', price, size },
  ...more,
});

describe('what random commands have found', () => {
  it('a level is reported when the next order there is one’s own and stays', () => {
    play({}, [place(1, 'sell', 5, 3_000), place(2, 'sell', 4, 3_000), place(2, 'buy', 9, 5_000)]);
  });

  it('a level is reported when the next step ends an order of another book at the same price', () => {
    play({ outcomes: 3 }, [
      place(4, 'buy', 5, 2_000, { outcome: 2 }),
      place(3, 'sell', 2, 6_000, { outcome: 0 }),
      place(4, 'sell', 3, 2_000, { outcome: 1, tif: 'GTD', expiresAt: 1_004 }),
      place(2, 'sell', 11, 2_000, { outcome: 2 }),
    ]);
  });

  it('a balance is reported when an own order is canceled and the new one holds just as much', () => {
    play({}, [place(1, 'sell', 1, 4_500), place(1, 'buy', 1, 5_500, { stp: 'expire-maker' })]);
  });

  it('a size that is filled already cancels the rest, whatever the new price is', () => {
    play({}, [
      place(1, 'sell', 8, 5_000),
      place(2, 'buy', 5, 5_000),
      { kind: 'AMEND', account: 1, market: 0, order: 1, price: 6_000, size: 3 },
    ]);
  });

  it('an order whose rest was filled after self-trade prevention made it smaller is filled', () => {
    play({}, [place(1, 'buy', 4, 6_000), place(2, 'buy', 6, 5_000), place(1, 'sell', 10, 5_000, { stp: 'decrement' })]);
  });

  it('nobody buys YES of a maker to reduce a position in NO', () => {
    play({ type: 'lmsr', b: 40 }, [
      place(1, 'sell', 11, 500, { tif: 'IOC' }),
      place(1, 'buy', 6, 6_500, { tif: 'IOC', reduceOnly: true }),
    ]);
  });

  it('nobody pays more than they have when a reduce-only order shrinks on the way', () => {
    play(
      { takerFee: 1_000, makerFee: 333 },
      [
        place(3, 'buy', 7, 3_000),
        place(2, 'sell', 7, 3_000),
        place(2, 'buy', 7, 1_000, { reduceOnly: true }),
        place(1, 'sell', 4, 2_000),
        place(2, 'buy', 5, 3_000),
        place(4, 'sell', 7, 0, { type: 'market', tif: 'IOC' }),
      ],
      [20_000_000, 20_000_000, 300_000, 13_337],
    );
  });

  it('a maker of two outcomes fills what a larger liquidity puts beyond its price', () => {
    play({ type: 'hybrid', b: 40, threshold: 1, tickSize: 500 }, [
      place(2, 'sell', 3, 500, { tif: 'FOK' }),
      place(2, 'sell', 50, 2_500),
      { kind: 'TOP_UP', market: 0, b: 46 },
    ]);
  });

  it('a maker fills nothing while its market is halted', () => {
    play({ type: 'hybrid', b: 40, threshold: 1, tickSize: 500 }, [
      place(2, 'sell', 3, 500, { tif: 'FOK' }),
      place(2, 'sell', 50, 2_500),
      { kind: 'HALT', market: 0, auction: false },
      { kind: 'TOP_UP', market: 0, b: 46 },
      { kind: 'RESUME', market: 0 },
    ]);
  });

  it('a set that is bought takes no shares that reduce-only orders sell', () => {
    play({ outcomes: 3 }, [
      place(2, 'sell', 10, 5_000, { outcome: 1 }),
      place(1, 'buy', 10, 5_000, { outcome: 1 }),
      place(1, 'sell', 10, 9_000, { outcome: 1, reduceOnly: true }),
      place(2, 'buy', 5, 3_000, { outcome: 1 }),
      place(2, 'buy', 5, 3_000, { outcome: 2 }),
      place(1, 'buy', 5, 5_000, { tif: 'IOC' }),
    ]);
  });

  it('an amended order frees shares that complete sets, and own reduce-only orders in its way are gone', () => {
    play({ outcomes: 3 }, [
      ...[0, 1, 2].flatMap((outcome) => [
        place(2, 'sell', 5, 3_000, { outcome }),
        place(1, 'buy', 5, 3_000, { outcome }),
        place(1, 'sell', 5, outcome === 0 ? 9_000 : 3_000, { outcome, reduceOnly: outcome > 0, stp: 'expire-maker' }),
      ]),
      { kind: 'AMEND', account: 1, market: 0, order: 3, price: 4_000 },
    ]);
  });

  it('an order that expires on the way frees shares that complete sets, and a reduce-only order behind it is gone', () => {
    play({ outcomes: 3 }, [
      ...[0, 1, 2].flatMap((outcome) => [
        place(2, 'sell', 5, 4_000, { outcome }),
        place(1, 'buy', 5, 4_000, { outcome }),
        outcome === 0
          ? place(1, 'sell', 5, 4_000, { outcome, tif: 'GTD', expiresAt: 1_011 })
          : place(1, 'sell', 5, 4_000, { outcome, reduceOnly: true }),
      ]),
      place(2, 'sell', 5, 4_500, { outcome: 0 }),
      place(3, 'sell', 5, 1_000, { outcome: 2, tif: 'IOC' }),
    ]);
  });

  it('a reduce-only order that has expired may lose its shares to a fill before it is met', () => {
    play({}, [
      place(3, 'buy', 5, 5_000),
      place(4, 'sell', 5, 5_000),
      place(4, 'buy', 5, 1_000, { tif: 'GTD', expiresAt: 1_005, reduceOnly: true }),
      place(4, 'buy', 5, 2_000),
      place(1, 'sell', 6, 1_000, { tif: 'IOC' }),
      place(1, 'sell', 6, 9_000),
      place(2, 'buy', 6, 9_000),
    ]);
  });

  /** Account 1 has 5, `lots` and 5 shares; the sets do not merge, for outcome 1 is for sale. Then it sells 0, past its own order. */
  const sellsPastItself = (lots: number, own: Partial<PlaceCommand>, more: Partial<PlaceCommand>) => [
    ...[5, lots, 5].flatMap((size, outcome) => [
      place(2, 'sell', size, 3_000, { outcome }),
      place(1, 'buy', size, 3_000, { outcome }),
      ...(outcome === 1 ? [place(1, 'sell', size, 2_000, { outcome, ...own })] : []),
    ]),
    place(2, 'sell', 5, 2_500, { outcome: 2 }),
    place(3, 'buy', 5, 1_000, { outcome: 0 }),
    place(1, 'sell', 5, 500, { outcome: 0, reduceOnly: true, ...more }),
    place(4, 'buy', 9, 9_000, { outcome: 0 }),
  ];
  const expired = { tif: 'GTD', expiresAt: 1_007 } as const;

  it.each<[string, number, Partial<PlaceCommand>, Partial<PlaceCommand>]>([
    ['all of them, to one that has expired', 5, expired, { price: 4_000 }],
    ['some of them, to one that has expired', 3, expired, { price: 4_000 }],
    ['some of them, and trades the rest', 3, expired, {}],
    ['all of them, to one that is canceled', 5, {}, { price: 4_000, stp: 'expire-maker' }],
    ['some of them, to one that shrinks', 3, {}, { price: 4_000, stp: 'decrement', size: 2 }],
    ['some of them, filled or not at all', 3, expired, { tif: 'FOK' }],
    ['some of them, at any price', 3, expired, { type: 'market', tif: 'IOC', price: 0 }],
  ])('a reduce-only order loses shares to its own account’s set: %s', (_, lots, own, more) => {
    play({ outcomes: 3 }, sellsPastItself(lots, own, more));
  });
});
