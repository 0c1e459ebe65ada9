import { residentKiB } from '../cpu.ts';
import { load } from '../load.ts';
import { count, pick, type Row, refusals } from '../row.ts';

const MARKET = 'bench-memory';
/** Open orders that one account may have, less the load’s own warm-up. */
const EACH = 9_000;

export const memory: Row = {
  name: 'memory',
  about: 'a million resting orders: what the exchange’s process grows by',
  onDemand: true,
  async run({ bed, scale, say }) {
    await bed.market(MARKET);
    const each = pick(scale, EACH, EACH, 50);
    const accounts = pick(scale, 102, 11, 2);
    const tokens = await bed.tokens(accounts);
    await bed.quiet();
    const before = residentKiB(bed.exchange.pid);
    let rested = 0;
    for (const [number, token] of tokens.entries()) {
      const target = { url: bed.exchange.url, tokens: [token] };
      const flow = { kind: 'resting', market: MARKET } as const;
      const { result } = await load({ kind: 'closed', target, window: 256, requests: each, flow }, []);
      if (Object.keys(result.refused).length > 0)
        throw new Error(`resting orders were refused: ${refusals(result.refused)}`);
      rested += each + Math.ceil(each / 10);
      if (number % 10 === 9) say(`${count(rested)} orders rest`);
    }
    await bed.quiet();
    const after = residentKiB(bed.exchange.pid);
    return {
      what: `${count(rested)} resting orders`,
      measured: `${count(((after - before) * 1_024) / rested)} bytes each`,
      baseline: '',
      ratio: '',
      target: '',
      met: undefined,
      notes: [`resident memory ${count(before / 1_024)} → ${count(after / 1_024)} MiB`],
      data: { rested, before, after },
    };
  },
};
