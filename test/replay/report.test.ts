import { describe, expect, test } from 'vitest';
import { type Audit, dollars, micros } from '../../loadtest/replay/audit.ts';
import { calibrationText } from '../../loadtest/replay/calibrationText.ts';
import { readOptions } from '../../loadtest/replay/options.ts';
import { type Findings, isConserved, reportObject, reportText, settlementsCsv } from '../../loadtest/replay/report.ts';
import { Tally } from '../../loadtest/replay/tally.ts';
import { calibrationReport } from '../../src/jobs/calibration/calibrationReport.ts';

test('money is exact in both directions', () => {
  for (const text of ['0.000000', '6.875000', '-0.000001', '9007199254740993.000001'])
    expect(dollars(micros(text))).toBe(text);
  expect(micros('-12.5')).toBe(-12_500_000n);
});

const place = (change: object): Parameters<Tally['answered']>[0] => ({
  id: 1,
  ok: true,
  order: {
    orderId: 'o',
    market: 'm',
    outcome: 'YES',
    side: 'buy',
    type: 'limit',
    size: '2.50',
    filled: '0.00',
    remaining: '2.50',
    status: 'open',
    tif: 'GTC',
    fees: '0.000000',
    seq: 1,
    createdAt: 1,
    ...change,
  },
});
const fill = (liquidity: 'maker' | 'taker'): object => ({
  tradeId: 't',
  price: '0.40',
  size: '2.50',
  fee: '0',
  liquidity,
  venue: 'book',
});

describe('tally and report', () => {
  const tally = new Tally();
  tally.sent = 4;
  tally.answered(place({}));
  tally.answered(place({ status: 'filled', fills: [fill('taker')] }));
  tally.answered(place({ status: 'canceled', reason: 'SELF_TRADE', fills: [fill('maker')] }));
  tally.answered({ id: 1, ok: false, error: { code: 'SIZE_INVALID', message: 'no' } });
  const parts = { cash: '90', held: '5', escrow: '5', fees: '0', house: '0' };
  const before: Audit = { total: micros('100'), paidIn: micros('100'), parts };
  const findings = (after: Audit): Findings => ({
    tally,
    unmappable: new Map([['UNKNOWN_QUESTION', 2]]),
    before,
    after,
    settlements: [
      { market: 'm', title: 'M?', ending: 'YES', holders: 3, paid: '2.500000' },
      { market: 'v', title: 'V?', ending: 'voided', holders: 1, paid: '0.250000' },
    ],
    calibration: calibrationReport([]),
  });

  test('every answer is counted once, and a trade on its taker’s side', () => {
    expect(tally).toMatchObject({ accepted: 3, duplicates: 0, fills: 1, volume: { shares: 2.5, dollars: 1 } });
    expect(reportObject(findings(before))).toMatchObject({
      orders: {
        sent: 4,
        accepted: 3,
        rejected: { SIZE_INVALID: 1 },
        ended: { SELF_TRADE: 1 },
        unmappable: { UNKNOWN_QUESTION: 2 },
      },
      money: { before: { total: '100.000000' }, conserved: true },
    });
    const text = reportText(findings(before), true);
    expect(text).toContain('4 sent, 3 accepted, 1 rejected, 0 duplicates');
    expect(text).toContain('1 resolved, 1 voided; 4 holders paid $2.750000');
    expect(settlementsCsv(findings(before).settlements)).toBe(
      'market,ending,holders,paid\nm,YES,3,2.500000\nv,voided,1,0.250000\n',
    );
  });

  test('a micro too much or too little is said', () => {
    for (const change of [1n, -1n]) {
      const wrong = findings({ ...before, total: before.total + change });
      expect(isConserved(wrong)).toBe(false);
      expect(reportText(wrong, false)).toContain('NOT EQUAL');
    }
    // Printed on both sides alike, but not from deposits.
    const made = { ...before, paidIn: 0n };
    expect(isConserved({ ...findings(made), before: made })).toBe(false);
  });
});

test('the calibration report in text, as the exchange computes it', () => {
  const sample = (market: string, price: number, won: boolean): Parameters<typeof calibrationReport>[0][number] => ({
    market,
    category: 'gjp',
    closeTime: 1,
    resolvedAt: 2,
    horizonMs: 0,
    prices: [price, 1 - price],
    payouts: won ? [1, 0] : [0, 1],
  });
  const text = calibrationText(
    JSON.parse(JSON.stringify(calibrationReport([sample('a', 0.9, true), sample('b', 0.2, false)]))),
  );
  expect(text).toContain('2 markets scored');
  expect(text).toMatch(/0\.9–1\.0 +1 +90\.0 % +100\.0 %/);
});

describe('options', () => {
  test('defaults, and what is refused', () => {
    expect(readOptions(['dir'])).toMatchObject({
      folder: 'dir',
      url: undefined,
      window: 1024,
      deposit: '10000',
      prefix: 'gjp',
    });
    expect(readOptions(['dir', '--help'])).toBe('help');
    for (const bad of [
      [],
      ['a', 'b'],
      ['a', '--window', '0'],
      ['a', '--prefix', 'A_'],
      ['a', '--url', 'x'],
      ['a', '--wat'],
    ]) {
      expect(() => readOptions(bad)).toThrow();
    }
  });
});
