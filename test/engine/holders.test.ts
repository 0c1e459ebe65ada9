import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HolderRows } from '../../src/engines/accounts/holderRows.ts';
import { Holders } from '../../src/engines/accounts/holders.ts';

const MARKETS = 6;
const outcomesOf = (market: number): number => 2 + (market % 3);
/** A value that no other holder has. */
const paidBy = (market: number, account: number): number => market * 1e6 + account;

const adds = fc.array(fc.tuple(fc.nat({ max: MARKETS - 1 }), fc.nat({ max: 199 })), { maxLength: 600 });

it('keeps the holders of many markets apart in one array, however they grow and move', () => {
  fc.assert(
    fc.property(adds, (sequence) => {
      const space = new HolderRows(2);
      const markets = Array.from({ length: MARKETS }, (_, market) => new Holders(outcomesOf(market), space));
      const known = markets.map(() => [] as number[]);
      for (const [market, account] of sequence) {
        const holders = markets[market] as Holders;
        const accounts = known[market] as number[];
        expect(holders.find(account)).toBe(accounts.indexOf(account));
        if (accounts.includes(account)) continue;
        const row = holders.add(account);
        expect(row).toBe(accounts.push(account) - 1);
        expectFresh(holders, row);
        holders.f64[holders.paidAt(row)] = paidBy(market, account);
        holders.i32[holders.openAt(row)] = row;
      }
      markets.forEach((holders, market) => {
        expectAll(holders, market, known[market] as number[]);
        // As from a snapshot: in a space where others have left their blocks.
        const other = new HolderRows(2);
        const before = new Holders(outcomesOf(market), other);
        for (let account = 1_000; account < 1_020; account++) before.add(account);
        const restored = new Holders(outcomesOf(market), other);
        restored.restore(holders.used());
        expectAll(restored, market, known[market] as number[]);
        expect(restored.used()).toEqual(holders.used());
      });
    }),
    { seed: 5, numRuns: 60 },
  );
});

it('uses again what growing markets have left', () => {
  const space = new HolderRows(1 << 10);
  const first = new Holders(2, space);
  for (let account = 0; account < 4_096; account++) first.add(account);
  const words = space.i32.length;
  // Together they need what the first one has left on its way.
  for (let market = 0; market < 8; market++) {
    const holders = new Holders(2, space);
    for (let account = 0; account < 256; account++) holders.add(account);
  }
  expect(space.i32.length).toBe(words);
});

function expectFresh(holders: Holders, row: number): void {
  expect(holders.i32[holders.openAt(row)]).toBe(-1);
  expect(holders.f64[holders.paidAt(row)]).toBe(0);
  for (let outcome = 0; outcome < holders.outcomes; outcome++) {
    expect(holders.i32[holders.coverAt(row, outcome)]).toBe(-1);
    expect(holders.i32[holders.reduceAt(row, outcome)]).toBe(-1);
    expect([holders.shares(row, outcome), holders.held(row, outcome)]).toEqual([0, 0]);
    expect([holders.f64[holders.costAt(row, outcome)], holders.f64[holders.realizedAt(row, outcome)]]).toEqual([0, 0]);
  }
}

function expectAll(holders: Holders, market: number, accounts: readonly number[]): void {
  expect(holders.count).toBe(accounts.length);
  accounts.forEach((account, row) => {
    expect([holders.find(account), holders.account(row)]).toEqual([row, account]);
    expect(holders.f64[holders.paidAt(row)]).toBe(paidBy(market, account));
    expect(holders.i32[holders.openAt(row)]).toBe(row);
  });
  expect(holders.find(777)).toBe(-1);
}
