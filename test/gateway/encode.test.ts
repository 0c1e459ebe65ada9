import { describe, expect, test } from 'vitest';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import { MarketState } from '../../src/gateway/market-data/marketState.ts';
import { encodePlace, type PlaceFields } from '../../src/gateway/orders/encode.ts';
import { marketImage } from './support/records.ts';

const rain = new MarketState(marketImage({ market: 3, slug: 'rain' }), 0);
const race = new MarketState(marketImage({ market: 4, slug: 'race', outcomes: ['Ann', 'Ben', 'Cleo'] }), 0);
const hybrid = (bookOn: boolean) =>
  new MarketState(marketImage({ market: 5, slug: 'both', type: 'hybrid', b: 100, bookOn }), 0);
const limit: PlaceFields = { market: 'rain', side: 'buy', type: 'limit', size: '2', price: '0.55' };

function encoded(fields: object, market = rain) {
  const buffer = new R.RecordBuffer();
  const at = encodePlace({ buffer }, market, 9, { ...limit, ...fields } as PlaceFields);
  if (typeof at !== 'number') throw new Error(`refused: ${at.code} ${at.field}`);
  const { i32, f64 } = buffer;
  return {
    terms: i32[at + C.PLACE_TERMS],
    price: i32[at + C.PLACE_PRICE],
    expiresAt: f64[(at + C.PLACE_EXPIRES_AT) >> 1],
  };
}
const refused = (fields: object, market = rain) => {
  const buffer = new R.RecordBuffer();
  const error = encodePlace({ buffer }, market, 9, { ...limit, ...fields } as PlaceFields);
  expect(buffer.words, 'nothing is written').toBe(0);
  return error;
};

describe('an order becomes a record', () => {
  test.each<[object, number]>([
    [{}, 0],
    [{ side: 'sell', outcome: 'NO' }, 1 | (1 << 8)],
    [{ postOnly: true, reduceOnly: false }, C.POST_ONLY],
    [{ reduceOnly: true, stp: 'expire-taker' }, C.REDUCE_ONLY],
    [{ stp: 'decrement', tif: 'IOC' }, (C.TIF.IOC << 2) | (3 << 16)],
    [{ tif: 'GTD', expiresAt: 5 }, C.TIF.GTD << 2],
    [{ type: 'market', price: undefined }, 2 | (C.TIF.IOC << 2)],
  ])('%j', (fields, terms) => {
    expect(encoded(fields).terms).toBe(terms);
    expect(C.stpOfTerms(terms)).toBe(C.STP[(fields as PlaceFields).stp ?? 'expire-taker']);
  });

  test('against an outcome, where there are more than two', () => {
    const { terms } = encoded({ outcome: 'Cleo', against: true, stp: 'expire-both' }, race);
    expect(terms).toBe((2 << 8) | (2 << 16) | C.AGAINST);
    expect(C.outcomeOfTerms(terms as number)).toBe(2);
    expect(encoded({ outcome: 'Cleo', against: false }, race).terms).toBe(2 << 8);
    expect(refused({ outcome: 'NO', against: true })).toMatchObject({ code: 'INVALID_REQUEST', field: 'against' });
  });

  test('with the worst price of a market order, whose 0 is not “none”', () => {
    const market = { type: 'market', tif: 'IOC' };
    expect(encoded({ ...market, price: '0.6' }).price).toBe(6_000);
    expect(encoded({ ...market, price: undefined }).price).toBe(0);
    for (const price of ['0', '-1', '0.0', '1']) expect(encoded({ ...market, price }).price).toBeLessThan(0);
    expect(encoded({ ...market, price: '0.00001' }).price).toBe(-1);
  });

  test('with an expiry, however long past', () => {
    expect(encoded({ tif: 'GTD', expiresAt: 1_700_000_000_000 }).expiresAt).toBe(1_700_000_000_000);
    expect(encoded({ tif: 'GTD', expiresAt: 0 }).expiresAt).toBe(1);
    expect(encoded({}).expiresAt).toBe(0);
  });

  test('resting by default where orders can rest', () => {
    const tif = (market: MarketState) => ((encoded({}, market).terms as number) >> 2) & 7;
    expect(tif(hybrid(false))).toBe(C.TIF.IOC);
    expect(tif(hybrid(true))).toBe(C.TIF.GTC);
  });

  test.each<[object, string]>([
    [{ tif: 'GTD' }, 'expiresAt'],
    [{ expiresAt: 5 }, 'expiresAt'],
    [{ type: 'market', tif: 'GTD', expiresAt: 5 }, 'tif'],
    [{ type: 'market', tif: 'GTC' }, 'tif'],
    [{ price: undefined }, 'price'],
    [{ maxCost: '0' }, 'maxCost'],
  ])('unless its fields do not go together: %j', (fields, field) => {
    expect(refused(fields)).toMatchObject({ code: 'INVALID_REQUEST', field });
  });
});
