import { engineFlow, runFlow } from '../../engineFlow.ts';
import { median } from '../../percentiles.ts';
import { count, pick, type Row } from '../row.ts';

const REPEATS = 5;

export const engine: Row = {
  name: 'engine',
  about: 'the engine alone, in this process; bench:engine compares it with others',
  async run({ scale }) {
    const flow = engineFlow(pick(scale, 1_000_000, 100_000, 1_000), { markets: 1, accounts: 100, seed: 23 });
    const rates = Array.from({ length: REPEATS }, () => runFlow(flow).perSecond);
    const perSecond = median(rates);
    return {
      what: 'the engine alone',
      measured: `${count(perSecond)} commands/s`,
      baseline: '',
      ratio: '',
      target: '',
      met: undefined,
      notes: [],
      data: { perSecond, rates },
    };
  },
};
