import type { ClosedResult } from '../../generator/tasks.ts';
import { type Loaded, load, middleOf } from '../load.ts';
import { boundBy, count, cpuNote, msOf, percent, pick, type Row, type RowContext, refusals } from '../row.ts';

const CONNECTIONS = 8;
const WINDOW = 128;
const TARGET = 0.25;
const MARKET = 'bench-acks';

export type AcksMeasured = { echo: Loaded<ClosedResult>; orders: Loaded<ClosedResult> };

/** Orders and echoes of the same frames by turns; the middle of each. */
export async function measureAcks(context: RowContext, market: string): Promise<AcksMeasured> {
  const { bed, scale, repeats } = context;
  await bed.market(market);
  const tokens = await bed.tokens(CONNECTIONS);
  const flow = { kind: 'orders', market } as const;
  const task = { kind: 'closed', window: pick(scale, WINDOW, WINDOW, 8), flow } as const;
  const echoServer = [{ label: 'echo', pid: bed.echo.pid, mainThread: 'echo' }];
  const echoes: Loaded<ClosedResult>[] = [];
  const orders: Loaded<ClosedResult>[] = [];
  for (let i = 0; i < repeats; i++) {
    const none = { url: bed.echo.url, tokens: tokens.map(() => undefined) };
    const echoed = { ...task, target: none, requests: pick(scale, 2_000_000, 300_000, 200) };
    echoes.push(await load(echoed, echoServer));
    const target = { url: bed.exchange.url, tokens };
    orders.push(await load({ ...task, target, requests: pick(scale, 1_000_000, 100_000, 200) }, bed.watched));
    await bed.quiet();
  }
  const rate = ({ result }: Loaded<ClosedResult>) => result.perSecond;
  return { echo: middleOf(echoes, rate), orders: middleOf(orders, rate) };
}

export const acks: Row = {
  name: 'acks',
  about: 'durable acknowledgements a second, JSON, 8 connections × window 128, beside bare echo of the same frames',
  async run(context) {
    const { echo, orders } = await measureAcks(context, MARKET);
    const part = orders.result.perSecond / echo.result.perSecond;
    return {
      what: 'durable acknowledgements, JSON, 8 × 128',
      measured: `${count(orders.result.perSecond)}/s`,
      baseline: `echo ${count(echo.result.perSecond)}/s`,
      ratio: percent(part),
      target: `≥ ${percent(TARGET)}`,
      met: part >= TARGET,
      notes: [
        `order to acknowledgement, p50 / p99 / p99.9: ${msOf(orders.result.latencyMs)}; refused: ${refusals(orders.result.refused)}`,
        cpuNote('orders', orders.cpu),
        cpuNote('echo', echo.cpu),
        `bound by ${boundBy(orders.cpu)}`,
      ],
      data: { echo, orders, part },
    };
  },
};
