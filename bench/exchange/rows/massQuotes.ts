import type { ClosedResult } from '../../generator/tasks.ts';
import { type Loaded, load, middleOf } from '../load.ts';
import { boundBy, count, cpuNote, msOf, pick, type Row, refusals } from '../row.ts';

const CONNECTIONS = 8;
const WINDOW = 8;
const MARKETS = 100;
const ENTRIES = 50;
const TARGET = 150_000;
const PREFIX = 'bench-quotes-';

export const massQuotes: Row = {
  name: 'massQuotes',
  about: 'quote updates a second, durable: entries of mass quotes whose both sides are new each time, on 100 markets',
  async run({ bed, scale, repeats }) {
    const markets = pick(scale, MARKETS, MARKETS, 4);
    const entries = pick(scale, ENTRIES, ENTRIES, 4);
    for (let i = 0; i < markets; i++) await bed.market(`${PREFIX}${i}`);
    const tokens = await bed.tokens(pick(scale, CONNECTIONS, CONNECTIONS, 2));
    const flow = { kind: 'quotes', prefix: PREFIX, markets, entries } as const;
    const target = { url: bed.exchange.url, tokens };
    const requests = pick(scale, 40_000, 6_000, 20);
    const runs: Loaded<ClosedResult>[] = [];
    for (let i = 0; i < repeats; i++) {
      runs.push(await load({ kind: 'closed', target, window: WINDOW, requests, flow }, bed.watched));
      await bed.quiet();
    }
    const run = middleOf(runs, ({ result }) => result.perSecond);
    const perSecond = run.result.perSecond * entries;
    return {
      what: `mass quotes, ${tokens.length} connections × ${entries} entries on ${markets} markets`,
      measured: `${count(perSecond)} quote updates/s, durable`,
      baseline: '',
      ratio: '',
      target: `≥ ${count(TARGET)}/s`,
      met: perSecond >= TARGET,
      notes: [
        `an update is an entry, its bid and its ask both new: ${count(perSecond * 2)} sides/s, ${count(run.result.perSecond)} requests/s`,
        `request to answer, p50 / p99 / p99.9: ${msOf(run.result.latencyMs)}; requests with a refusal: ${refusals(run.result.refused)}`,
        cpuNote('quotes', run.cpu),
        `bound by ${boundBy(run.cpu)}`,
      ],
      data: { perSecond, sidesPerSecond: perSecond * 2, ...run },
    };
  },
};
