import { beforeAll, describe, expect, it } from 'vitest';
import type { Bed } from '../../bench/exchange/bed.ts';
import type { Row } from '../../bench/exchange/row.ts';
import { measureRows, ROWS, runBench } from '../../bench/exchange/run.ts';
import { type Report, table } from '../../bench/exchange/table.ts';

/** Processes of their own one after the other: some seconds each on a machine that does other things, too. */
const ALL_ROWS_MS_MAX = 280_000;

describe('every row of the bench runs', () => {
  let report: Report;
  beforeAll(async () => {
    report = await runBench({ scale: 'tiny', repeats: 1, only: ROWS.map(({ name }) => name), say: () => {} });
  }, ALL_ROWS_MS_MAX);

  it.each(ROWS.map(({ name }) => name))('%s', (name) => {
    const row = report.rows.find((each) => each.name === name);
    expect(row?.measured).toMatch(/\d/);
    expect(`${row?.measured} ${row?.notes.join(' ')}`).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('the table has them all', () => {
    const text = table(report);
    for (const { what } of report.rows) expect(text).toContain(`| ${what} |`);
    expect(JSON.parse(JSON.stringify(report)).rows).toHaveLength(ROWS.length);
  });
});

it('a row that there is not is refused before anything is started', async () => {
  await expect(runBench({ scale: 'tiny', repeats: 1, only: ['speed'], say: () => {} })).rejects.toThrow(
    "no row 'speed'",
  );
});

it('a row that fails takes nothing from those before it', async () => {
  const result = { measured: '1', baseline: '', ratio: '', target: '', met: undefined, notes: [], data: {} };
  const good: Row = { name: 'good', about: 'runs', run: async () => ({ what: 'what was measured', ...result }) };
  const bad: Row = { name: 'bad', about: 'fails', run: () => Promise.reject(new Error('no such thing')) };
  const context = { bed: {} as Bed, scale: 'tiny', repeats: 1, say: () => {} } as const;
  const measured = await measureRows([good, bad, good], context);
  expect(measured.rows.map(({ name }) => name)).toEqual(['good']);
  const text = table({ machine: 'a machine', scale: 'tiny', repeats: 1, ...measured });
  expect(text).toContain('| what was measured |');
  expect(text).toMatch(/bad failed.*no such thing/);
});
