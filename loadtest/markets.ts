import { setTimeout as pause } from 'node:timers/promises';
import { settlementView } from '../src/protocol/httpViews.ts';
import type { HttpClient } from '../src/sdk/index.ts';
import type { PlanMarket } from './k6/run/plan.ts';
import { mapWide } from './replay/lanes.ts';
import { patiently } from './replay/patience.ts';

const WIDTH = 8;
/** The run closes its markets itself, long before. 2100-01-01. */
const CLOSE_TIME_MS = Date.UTC(2100, 0, 1);
const BINARY = ['YES', 'NO'];
const FOUR = ['A', 'B', 'C', 'D'];
/** Between two looks at a settlement, and how long all of them may take. */
const POLL_MS = 50;
const SETTLEMENT_TIMEOUT_MS = 180_000;

const progress = settlementView.pick({ progress: true });

/** Creates the order books of a run, without fees. Every `manyOutcomesEvery`th has four outcomes; 0: none. */
export async function createMarkets(
  operator: HttpClient,
  { prefix, count, manyOutcomesEvery }: { prefix: string; count: number; manyOutcomesEvery: number },
): Promise<PlanMarket[]> {
  const markets = Array.from({ length: count }, (_, i): PlanMarket => {
    const hasFour = manyOutcomesEvery > 0 && i % manyOutcomesEvery === manyOutcomesEvery - 1;
    return { id: `${prefix}-${i}`, outcomes: hasFour ? FOUR : BINARY };
  });
  await mapWide(markets, WIDTH, ({ id, outcomes }) =>
    patiently(() =>
      operator.post('/markets', {
        id,
        title: `Load test ${id}`,
        criteria: 'Made by a load test, which resolves or voids it at its end',
        category: prefix,
        outcomes,
        type: 'book',
        closeTime: CLOSE_TIME_MS,
        disputeWindowMs: 0,
      }),
    ),
  );
  return markets;
}

/** Ends every market, in turn by a winner, by parts of $1 and by voiding it, and waits until everybody is paid. */
export async function endMarkets(operator: HttpClient, markets: readonly PlanMarket[]): Promise<void> {
  const deadline = performance.now() + SETTLEMENT_TIMEOUT_MS;
  await mapWide([...markets.entries()], WIDTH, async ([index, { id, outcomes }]) => {
    const [first = '', second = ''] = outcomes;
    const others = Object.fromEntries(outcomes.slice(2).map((name) => [name, '0']));
    await patiently(() => operator.post(`/markets/${id}/close`, {}));
    const endings = [
      () => operator.post(`/markets/${id}/resolve`, { outcome: first }),
      () => operator.post(`/markets/${id}/resolve`, { payouts: { [first]: '0.37', [second]: '0.63', ...others } }),
      () => operator.post(`/markets/${id}/void`, { reason: 'the load test is over' }),
    ];
    await patiently(endings[index % endings.length] as () => Promise<unknown>);
    while (!progress.parse(await patiently(() => operator.get(`/markets/${id}/settlement`))).progress.finished) {
      if (performance.now() > deadline) throw new Error(`market ${id} is not settled`);
      await pause(POLL_MS);
    }
  });
}
