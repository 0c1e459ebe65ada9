import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecordBuffer } from '../../src/engines/records/buffer.ts';
import { BUY, COMMAND, SELL } from '../../src/engines/records/commands.ts';
import { bookFields, checksum, checksumText } from '../../src/gateway/market-data/bookView.ts';
import { Levels } from '../../src/gateway/market-data/levels.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import { tickerFields } from '../../src/gateway/market-data/tickerView.ts';
import { imageOf, marketImage, writeDone, writeLevel, writeTrade } from './support/records.ts';

test('a side keeps its levels sorted whatever order they come in', () => {
  const change = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(3));
  fc.assert(
    fc.property(fc.constantFrom(BUY, SELL), fc.array(change, { maxLength: 200, size: 'max' }), (side, changes) => {
      const levels = new Levels(side);
      const naive = new Map<number, number>();
      for (const [price, lots] of changes) {
        levels.set(price, lots);
        if (lots === 0) naive.delete(price);
        else naive.set(price, lots);
      }
      const sorted = [...naive].sort(([a], [b]) => (side === BUY ? a - b : b - a));
      expect(levels.prices).toEqual(sorted.map(([price]) => price));
      expect(levels.lots).toEqual(sorted.map(([, lots]) => lots));
      expect(levels.best).toBe(sorted.at(-1)?.[0] ?? 0);
      for (let price = 1; price <= 30; price++) expect(levels.lotsAt(price)).toBe(naive.get(price) ?? 0);
    }),
  );
});

function rainWithBook(): MarketData {
  const books = [
    {
      outcome: 0,
      bids: [[5_400, 1_000] as [number, number], [5_500, 250] as [number, number]],
      asks: [[5_600, 300] as [number, number]],
    },
  ];
  return new MarketData(imageOf(marketImage({ market: 0, slug: 'rain', books })));
}

test('the checksum is CRC-32 of the top levels as they stand in the messages', () => {
  const market = rainWithBook().markets[0];
  if (market === undefined) throw new Error('no market');
  expect(checksumText(market.books)).toBe('0.55:2.50,0.54:10.00|0.56:3.00');
  // The worked example of docs/PROTOCOL.md.
  expect(checksum(market)).toBe(3_635_326_536);
  expect(JSON.parse(`{${bookFields(market, 1)}}`)).toMatchObject({
    bids: [['0.55', '2.50']],
    asks: [['0.56', '3.00']],
  });
});

test('levels, trades and the ticker follow the events of a command', () => {
  const data = rainWithBook();
  const events = new RecordBuffer();
  const fill = { tradeId: 1, price: 5_600, lots: 300, micros: 5_600 * 300, fee: 0, venue: 0 };
  writeTrade(events, { ...fill, outcome: 0, side: BUY, takerOrder: 8, makerOrder: 7 }, 41);
  writeLevel(events, { outcome: 0, side: SELL, price: 5_600, lots: 0 }, 41);
  data.apply(events, 0, writeDone(events, COMMAND.PLACE, 41));
  const market = data.bySlug('rain');
  if (market === undefined) throw new Error('no market');
  expect(market).toMatchObject({ bookSeq: 41, tradesSeq: 41, tickerSeq: 41, marketSeq: 0 });
  expect(JSON.parse(`{${tickerFields(market)}}`)).toEqual({
    outcomes: [
      { outcome: 'YES', bid: '0.55', last: '0.56' },
      { outcome: 'NO', ask: '0.45', last: '0.44' },
    ],
    volume: '1.680000',
  });
});
