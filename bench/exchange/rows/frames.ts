import { fixed, pick, type Row, times } from '../row.ts';
import { wireCosts } from '../wireCosts.ts';
import { measureAcks } from './acks.ts';

const TARGET = 1.5;
const MARKET = 'bench-frames';

export const frames: Row = {
  name: 'frames',
  about: 'what binary frames could save at most: the parts of an order’s way that depend on the form of its messages',
  async run(context) {
    const costs = wireCosts(pick(context.scale, 200, 50, 1));
    const { orders } = await measureAcks({ ...context, repeats: 1 }, MARKET);
    const { perSecond } = orders.result;
    // Microseconds an order: of the gateway’s thread, and of both ends of the wire and all between.
    const gateway = ((orders.cpu['exchange/gateway'] ?? Number.NaN) * 1e6) / perSecond;
    const all = (Object.values(orders.cpu).reduce((sum, cores) => sum + cores, 0) * 1e6) / perSecond;
    const saved = (costs.straight + costs.answerText - costs.binaryRecord - costs.binaryAnswer) / 1_000;
    const atGateway = gateway > saved ? gateway / (gateway - saved) : Number.POSITIVE_INFINITY;
    const atCores = all > saved ? all / (all - saved) : Number.POSITIVE_INFINITY;
    const most = Math.min(atGateway, atCores);
    const ns = (value: number): string => `${value.toFixed(0)} ns`;
    return {
      what: 'binary frames, at most',
      measured: `${fixed(saved)} µs saved of ${fixed(gateway)} on the gateway’s thread`,
      baseline: '',
      ratio: times(most),
      target: `≥ ${TARGET} × to be worth it`,
      met: most >= TARGET,
      notes: [
        `JSON in: ${ns(costs.straight)} straight from the bytes of a plain order (${ns(costs.parsed)} by JSON.parse, check, record); out: ${ns(costs.answerText)}`,
        `records in: ${ns(costs.binaryRecord)}; out: ${ns(costs.binaryAnswer)}`,
        `where the gateway’s thread is the limit the rate could be ${times(atGateway)}; where the cores are, ${times(atCores)} (${fixed(all)} µs an order in all processes, the client’s part not counted as saved)`,
      ],
      data: { costs, gateway, all, saved, most, atGateway, atCores, orders },
    };
  },
};
