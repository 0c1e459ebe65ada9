import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { csvTable, readCsv } from '../../loadtest/replay/csv.ts';
import { readDataset } from '../../loadtest/replay/dataset.ts';
import { OutcomeIndex, orderOf, type ReplayOrder } from '../../loadtest/replay/orders.ts';
import { parseOptions, questionOf } from '../../loadtest/replay/questions.ts';
import { withoutOvertaken } from '../../loadtest/replay/sending.ts';
import { createMarket } from '../../src/protocol/http.ts';
import { place } from '../../src/protocol/requests.ts';

const QUESTIONS = `ifp_id,q_text,q_status,outcome,n_opts,options
1-0,Will it rain?,closed,b,2,"(a) Yes, (b) No"
2-1,Will he win?,voided,,2,"If he runs :  (a) Yes, (b) No"
2-2,Will he win?,closed,a,2,"If he does not run :  (a) Yes, (b) No"
3-0,How many?,closed,c,3,"(a) 1, or 2 (b), (b) **Before 3 May 2015, (c) None"
4-0,Still open?,open,,2,"(a) Red, (b) Blue"
`;
const questions = csvTable(QUESTIONS).map((row) => questionOf(row, 'x'));
const index = new OutcomeIndex(questions);

function order(change: Record<string, string>): ReturnType<typeof orderOf> {
  const row = {
    order_id: '9',
    ifp_id: '1',
    outcome: 'Yes',
    side: 'buy',
    price_cents: '7',
    quantity: '100',
    created_at: '8/20/14 0:07',
    user_id: '5',
    ...change,
  };
  const values = Object.values(row).map((value) => `"${value}"`);
  return orderOf(csvTable(`${Object.keys(row).join(',')}\n${values.join(',')}\n`)[0]!, 'x', index);
}

describe('questions', () => {
  test('yes and no make a binary market; other options keep their letters', () => {
    expect(questions.map(({ market, outcomes, ending }) => [market, outcomes, ending])).toEqual([
      ['x-1-0', ['YES', 'NO'], { outcome: 'NO' }],
      ['x-2-1', ['YES', 'NO'], 'voided'],
      ['x-2-2', ['YES', 'NO'], { outcome: 'YES' }],
      ['x-3-0', ['a', 'b', 'c'], { outcome: 'c' }],
      ['x-4-0', ['a', 'b'], undefined],
    ]);
    expect(questions[2]?.criteria).toBe(
      'Will he win?\nCounts only: If he does not run; void otherwise.\nYES: Yes\nNO: No',
    );
  });

  test('options may hold commas and brackets; a missing one is an error', () => {
    expect(parseOptions('(a) 1, or 2 (b), (b) x', 2).options).toEqual(['1, or 2 (b)', 'x']);
    expect(() => parseOptions('(a) Yes', 2)).toThrow('option (b) of 2');
  });
});

describe('orders', () => {
  test('cents, shares and the minute of the order', () => {
    expect(order({})).toEqual({
      clientOrderId: 'x-9',
      user: '5',
      market: 'x-1-0',
      outcome: 'YES',
      side: 'buy',
      price: '0.07',
      size: '100',
      madeAtMs: Date.UTC(2014, 7, 20, 0, 7),
      collateralCents: 700,
    });
    expect(order({ side: 'sell', quantity: '0' })).toMatchObject({ side: 'sell', size: '0', collateralCents: 0 });
  });

  test.each([
    [{ ifp_id: '1', outcome: 'No' }, 'x-1-0', 'NO'],
    [{ ifp_id: '2', outcome: 'If he *does not run' }, 'x-2-2', 'YES'],
    [{ ifp_id: '2', outcome: 'If he runs' }, 'x-2-1', 'YES'],
    [{ ifp_id: '3', outcome: '<b>before  3 May 2015</b>' }, 'x-3-0', 'b'],
    [{ ifp_id: '3', outcome: 'Before 3 May 201' }, 'x-3-0', 'b'],
  ])('%j goes to %s %s', (change, market, outcome) => {
    expect(order(change)).toMatchObject({ market, outcome });
  });

  test.each([
    [{ ifp_id: '77' }, 'UNKNOWN_QUESTION'],
    [{ ifp_id: '3', outcome: 'Bef' }, 'UNKNOWN_OUTCOME'],
    [{ ifp_id: '2', outcome: 'Yes' }, 'UNKNOWN_OUTCOME'],
    [{ side: 'short' }, 'MALFORMED'],
    [{ price_cents: '7.5' }, 'MALFORMED'],
    [{ created_at: 'yesterday' }, 'MALFORMED'],
  ])('%j is not sent: %s', (change, reason) => {
    expect(order(change)).toBe(reason);
  });
});

describe('what a restarted run sends', () => {
  const at = (id: number, market: string): ReplayOrder => ({
    ...(order({}) as ReplayOrder),
    clientOrderId: `x-${id}`,
    market,
  });
  const orders = [at(1, 'm'), at(2, 'm'), at(3, 'n'), at(4, 'm'), at(5, 'm'), at(6, 'n'), at(7, 'new'), at(8, 'm')];
  const sent = (known: number[], earlier: [string, string][]): string[] => {
    const knownOrders = new Set(known.map((id) => orders[id - 1]!));
    return withoutOvertaken(orders, knownOrders, new Map(earlier)).map(({ clientOrderId }) => clientOrderId);
  };

  test('known ones, and those behind the last known one of their market; not the refused ones before it', () => {
    // 1 and 4 are known: 2 had been refused, 5 and 8 come next; nothing of n had arrived.
    expect(
      sent(
        [1, 4],
        [
          ['m', 'open'],
          ['n', 'open'],
        ],
      ),
    ).toEqual(['x-1', 'x-3', 'x-4', 'x-5', 'x-6', 'x-7', 'x-8']);
  });

  test('nothing of a market that is closed, everything of a new one', () => {
    expect(
      sent(
        [1, 3],
        [
          ['m', 'closed'],
          ['n', 'open'],
        ],
      ),
    ).toEqual(['x-3', 'x-6', 'x-7']);
    expect(sent([], [])).toHaveLength(8);
  });
});

const FOLDER = fileURLToPath(new URL('../../../shared/data/gjp', import.meta.url));

describe.skipIf(!existsSync(FOLDER))('the Good Judgment Project’s data', () => {
  const dataset = existsSync(FOLDER) ? readDataset(FOLDER, 'gjp') : undefined!;

  test('every order has a market, and both sides of the wire accept every market and order', () => {
    expect(dataset.questions).toHaveLength(617);
    expect(dataset.orders).toHaveLength(17_461);
    expect(dataset.users).toHaveLength(792);
    expect(dataset.unmappable).toEqual(new Map());
    expect(dataset.questions.filter(({ ending }) => ending === 'voided')).toHaveLength(119);
    for (const { market, title, criteria, outcomes } of dataset.questions) {
      createMarket.parse({ id: market, title, criteria, outcomes, type: 'book', closeTime: 1, category: 'gjp' });
    }
    const outcomesOf = new Map(dataset.questions.map(({ market, outcomes }) => [market, outcomes]));
    for (const { market, outcome, side, price, size, clientOrderId } of dataset.orders) {
      place.parse({ id: 1, op: 'place', market, outcome, side, price, size, clientOrderId });
      expect(outcomesOf.get(market)).toContain(outcome);
    }
    expect(new Set(dataset.orders.map(({ clientOrderId }) => clientOrderId)).size).toBe(17_461);
  });

  test('each order’s outcome is the one its row spells out', () => {
    const byMarket = new Map(dataset.questions.map((question) => [question.market, question]));
    const byId = new Map(dataset.orders.map((item) => [item.clientOrderId, item]));
    const letters = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
    for (const row of readCsv(`${FOLDER}/batch_limit_orders.csv`)) {
      const { market, outcome } = byId.get(`gjp-${row.get('order_id')}`)!;
      const { number, condition, options, outcomes } = byMarket.get(market)!;
      expect(number).toBe(row.get('ifp_id'));
      const spelled = condition ?? options[outcomes.indexOf(outcome)]!;
      // One text is cut off in the file.
      expect(letters(spelled).startsWith(letters(row.get('outcome')))).toBe(true);
      if (row.get('outcome') !== 'Not **before 16 March 201')
        expect(letters(spelled)).toBe(letters(row.get('outcome')));
    }
  });

  test('orders are in time; the day’s limit of questions keeps those that were traded first', () => {
    const times = dataset.orders.map(({ madeAtMs }) => madeAtMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const few = readDataset(FOLDER, 'gjp', 3);
    expect(few.questions.map(({ market }) => market)).toEqual(['gjp-1383-0', 'gjp-1360-0', 'gjp-1399-2']);
    expect(few.orders.length).toBe(
      dataset.orders.filter(({ market }) => few.questions.some((question) => question.market === market)).length,
    );
  });
});
