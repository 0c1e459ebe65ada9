import { expect, test } from 'vitest';
import { PLAN_AHEAD_MS, Planner } from '../../src/jobs/planner.ts';
import type { JobMarket } from '../../src/jobs/ports.ts';
import type { NewJob } from '../../src/jobs/queues.ts';

const NOW = 1_900_000_000_000;
const LATE_MS = 2_000;
const RESCUE_MS = 60_000;

type Changing = { -readonly [K in keyof JobMarket]: JobMarket[K] };

/** One open market that closes at NOW + 1,000, and the jobs that its planner adds. */
function planning() {
  const market: Changing = {
    ...{ market: 0, slug: 'm', status: 'open', closeTime: NOW + 1_000, disputeUntil: 0, openOrders: 0 },
    ...{ settled: 0, settlementSteps: 0, settlementDone: false, paid: 0 },
  };
  const clock = { now: NOW };
  const queue = { away: false, added: [] as NewJob[] };
  const planner = new Planner(
    {
      markets: { markets: [market], bySlug: () => market },
      swept: new Set(),
      now: () => clock.now,
      add: async (jobs) => {
        if (queue.away) throw new Error('away');
        queue.added.push(...jobs);
      },
    },
    { lateAfterMs: LATE_MS, rescueEveryMs: RESCUE_MS },
  );
  const sweep = async (): Promise<string[]> => {
    queue.added.length = 0;
    await planner.sweep();
    return queue.added.map(({ id }) => id);
  };
  return { market, clock, queue, planner, sweep };
}

test('a market is planned once for each close time', async () => {
  const { market, queue, planner, sweep } = planning();
  await planner.plan(market);
  await planner.plan(market);
  expect(queue.added).toEqual([{ name: 'close', id: `close-0-${NOW + 1_000}`, data: { market: 0 }, delayMs: 1_000 }]);
  expect(await sweep()).toEqual([]);
  market.closeTime = NOW + 500;
  expect(await sweep()).toEqual([`close-0-${NOW + 500}`]);
});

test('what is far away is planned when it has come nearer', async () => {
  const { market, clock, queue, planner, sweep } = planning();
  market.closeTime = NOW + PLAN_AHEAD_MS + 1;
  await planner.plan(market);
  expect(queue.added).toEqual([]);
  clock.now += 1;
  expect(await sweep()).toEqual([`close-0-${market.closeTime}`]);
});

test('late work gets a fresh id, no more than one in a while', async () => {
  const { market, clock, planner, sweep } = planning();
  await planner.plan(market);
  clock.now = market.closeTime + LATE_MS - 1;
  expect(await sweep()).toEqual([]);
  clock.now += 1;
  const [first, ...more] = await sweep();
  expect(first).toMatch(/^close-0-\d+-late-\d+$/);
  expect(more).toEqual([]);
  expect(await sweep()).toEqual([]);
  clock.now += RESCUE_MS;
  const [second] = await sweep();
  expect(second).toMatch(/^close-0-\d+-late-\d+$/);
  expect(second).not.toBe(first);
  expect(planner.rescued).toBe(2);
});

test('what is decided is due at once, and late only when nothing has come of it', async () => {
  const { market, clock, sweep } = planning();
  market.status = 'voided';
  expect(await sweep()).toEqual(['settle-0-voided']);
  expect(await sweep()).toEqual([]);
  clock.now += LATE_MS;
  expect(await sweep()).toEqual([`settle-0-voided-late-${Math.floor(clock.now / RESCUE_MS)}`]);
  market.settlementDone = true;
  clock.now += RESCUE_MS;
  expect(await sweep()).toEqual([]);
});

test('work that is being done here is not late', async () => {
  const { market, clock, planner, sweep } = planning();
  clock.now = market.closeTime + LATE_MS;
  let again = 0;
  await planner.exclusively('close', 0, async () => {
    expect(await sweep()).toEqual([]);
    await planner.exclusively('close', 0, async () => {
      again++;
    });
  });
  expect(again).toBe(0);
  expect(await sweep()).toHaveLength(1);
});

test('work whose job gave up rests for a while', async () => {
  const { market, clock, planner, sweep } = planning();
  clock.now = market.closeTime + LATE_MS;
  planner.failed('close', 0);
  clock.now += 2 * RESCUE_MS;
  expect(await sweep()).toEqual([]);
  clock.now += 10 * RESCUE_MS;
  expect(await sweep()).toHaveLength(1);
});

test('what could not be added is planned again', async () => {
  const { market, queue, planner, sweep } = planning();
  queue.away = true;
  await expect(planner.plan(market)).rejects.toThrow('away');
  queue.away = false;
  expect(await sweep()).toEqual([`close-0-${NOW + 1_000}`]);
});
