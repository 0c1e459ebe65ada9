import type { OpenResult } from '../../generator/tasks.ts';
import { type Latency, median } from '../../percentiles.ts';
import { pacedCommits } from '../commits.ts';
import { type Loaded, load, middleOf } from '../load.ts';
import { boundBy, count, cpuNote, ms, msOf, pick, type Row, refusals } from '../row.ts';

const PER_SECOND = 50_000;
const CONNECTIONS = 100;
/** One each: an order that met one of its own account would be refused. */
const ACCOUNTS = 100;
const P99_MS = 5;
const P999_MS = 15;
const MARKET = 'bench-offered';

export const offered: Row = {
  name: 'offered',
  about: '50,000 orders a second offered on 100 connections, open loop, latency from when each was to be sent',
  async run({ bed, scale, repeats }) {
    await bed.market(MARKET);
    const accounts = await bed.tokens(pick(scale, ACCOUNTS, ACCOUNTS, 4));
    const tokens = Array.from(
      { length: pick(scale, CONNECTIONS, CONNECTIONS, 8) },
      (_, i) => accounts[i % accounts.length],
    );
    const flow = { kind: 'orders', market: MARKET, oneSided: true } as const;
    const task = { kind: 'open', target: { url: bed.exchange.url, tokens }, flow } as const;
    const perSecond = pick(scale, PER_SECOND, PER_SECOND, 500);
    // The compiler has seen the path before the clock runs.
    await load({ ...task, perSecond: perSecond / 5, seconds: pick(scale, 3, 2, 0.2) }, []);
    const runs: Loaded<OpenResult>[] = [];
    const journals: Latency[] = [];
    for (let i = 0; i < repeats; i++) {
      await bed.quiet();
      journals.push(await pacedCommits(bed.databaseUrl, perSecond, pick(scale, 10, 3, 0.2)));
      runs.push(await load({ ...task, perSecond, seconds: pick(scale, 20, 5, 0.5) }, bed.watched));
    }
    const run = middleOf(runs, ({ result }) => result.latencyMs.p99);
    const { latencyMs, lagMs, lost, refused, sent } = run.result;
    const p99 = median(journals.map((journal) => journal.p99));
    const journal = journals.find((each) => each.p99 === p99) as Latency;
    await bed.quiet();
    return {
      what: `${count(perSecond)} orders/s offered, ${tokens.length} connections`,
      measured: `p99 ${ms(latencyMs.p99)}, p99.9 ${ms(latencyMs.p999)} ms, ${lost} of ${count(sent)} lost`,
      baseline: `its journal alone, p99 ${ms(journal.p99)}, p99.9 ${ms(journal.p999)} ms`,
      ratio: '',
      target: `p99 ≤ ${P99_MS} ms, p99.9 ≤ ${P999_MS} ms, none lost`,
      met: latencyMs.p99 <= P99_MS && latencyMs.p999 <= P999_MS && lost === 0,
      notes: [
        `p50 / p99 / p99.9: ${msOf(latencyMs)}; refused: ${refusals(refused)}; sent ${count(run.result.perSecond)}/s`,
        `of it the generator’s own lateness: ${msOf(lagMs)}`,
        `the journal of as many commands a second, and nothing else, until durable: ${msOf(journal)}`,
        cpuNote('orders', run.cpu),
        `bound by ${boundBy(run.cpu)}`,
      ],
      data: { ...run, journal, all: runs.map(({ result }) => result) },
    };
  },
};
