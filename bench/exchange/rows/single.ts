import type { ClosedResult } from '../../generator/tasks.ts';
import { type Latency, median } from '../../percentiles.ts';
import { commitLatency } from '../commits.ts';
import { type Loaded, load, middleOf } from '../load.ts';
import { cpuNote, msOf, pick, type Row, times } from '../row.ts';

const P50_TARGET = 1.3;
const P99_TARGET = 2;
const MARKET = 'bench-single';

export const single: Row = {
  name: 'single',
  about: 'one order at a time to its durable acknowledgement, beside one echo and one bare commit',
  async run({ bed, scale, repeats }) {
    await bed.market(MARKET);
    const [token] = await bed.tokens(1);
    const requests = pick(scale, 10_000, 2_000, 50);
    const task = { kind: 'closed', window: 1, requests, flow: { kind: 'orders', market: MARKET } } as const;
    // The compiler has seen the path before the clock runs.
    await load({ ...task, target: { url: bed.exchange.url, tokens: [token] } }, []);
    const echoes: Loaded<ClosedResult>[] = [];
    const orders: Loaded<ClosedResult>[] = [];
    const commits: Latency[] = [];
    for (let i = 0; i < repeats; i++) {
      echoes.push(await load({ ...task, target: { url: bed.echo.url, tokens: [undefined] } }, []));
      commits.push(await commitLatency(bed.databaseUrl, pick(scale, 5_000, 1_000, 20)));
      orders.push(await load({ ...task, target: { url: bed.exchange.url, tokens: [token] } }, bed.watched));
      await bed.quiet();
    }
    const middle = ({ result }: Loaded<ClosedResult>) => result.latencyMs.p50;
    const echo = middleOf(echoes, middle).result.latencyMs;
    const commit = { p50: median(commits.map(({ p50 }) => p50)), p99: median(commits.map(({ p99 }) => p99)) };
    const order = middleOf(orders, middle);
    const { latencyMs } = order.result;
    const p50 = latencyMs.p50 / (echo.p50 + commit.p50);
    const p99 = latencyMs.p99 / (echo.p99 + commit.p99);
    return {
      what: 'one at a time, order → durable acknowledgement',
      measured: msOf(latencyMs),
      baseline: `echo + commit, p50 ${(echo.p50 + commit.p50).toFixed(2)}, p99 ${(echo.p99 + commit.p99).toFixed(2)} ms`,
      ratio: `p50 ${times(p50)}, p99 ${times(p99)}`,
      target: `p50 ≤ ${P50_TARGET} ×, p99 ≤ ${P99_TARGET} ×`,
      met: p50 <= P50_TARGET && p99 <= P99_TARGET,
      notes: [
        `echo p50 ${echo.p50.toFixed(3)}, p99 ${echo.p99.toFixed(3)} ms; commit p50 ${commit.p50.toFixed(3)}, p99 ${commit.p99.toFixed(3)} ms`,
        cpuNote('orders', order.cpu),
      ],
      data: { echo, commit, orders: latencyMs, p50, p99, cpu: order.cpu },
    };
  },
};
