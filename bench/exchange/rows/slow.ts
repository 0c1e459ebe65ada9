import { slowReaders } from '../../slowReaders.ts';
import { count, msOf, pick, type Row, times } from '../row.ts';

const STUCK = 1_000;
const READERS = 20;
const PER_SECOND = 50;
const TARGET = 1.2;
const MARKET = 'bench-slow';

export const slow: Row = {
  name: 'slow',
  about: '1,000 readers that never read: what they cost the others and the server’s memory',
  async run({ bed, scale, say }) {
    await bed.market(MARKET);
    const [token = ''] = await bed.tokens(1);
    await bed.quiet();
    const stuck = pick(scale, STUCK, STUCK, 2);
    const result = await slowReaders({
      url: bed.exchange.url,
      token,
      market: MARKET,
      readers: pick(scale, READERS, READERS, 2),
      stuck,
      perSecond: PER_SECOND,
      seconds: pick(scale, 20, 5, 0.2),
      pid: bed.exchange.pid,
      say,
    });
    const { without, beside, ratio, deliveries, missing, memory } = result;
    await bed.quiet();
    return {
      what: `${count(stuck)} readers that never read, beside ${READERS} others`,
      measured: `order to book update, p50 / p99 / p99.9: ${msOf(beside)}`,
      baseline: `without them ${msOf(without)}`,
      ratio: `p99 ${times(ratio)}`,
      target: `p99 ≤ ${TARGET} ×`,
      met: ratio <= TARGET,
      notes: [
        `${count(deliveries)} deliveries, ${missing} missing`,
        ...(memory === undefined ? [] : [`${(memory / 2 ** 20 / stuck).toFixed(2)} MiB of the server’s memory each`]),
      ],
      data: result,
    };
  },
};
