import { median } from '../percentiles.ts';
import { BASE, DIMENSIONS, type memoryEach } from './flatness.ts';
import { inChild } from './processes.ts';
import type { Size } from './sizedExchange.ts';

export type SizeReport = {
  flatness: { dimension: keyof Size; value: number; nsPerCommand: number }[];
  memory: ReturnType<typeof memoryEach>;
  makerTrades: { outcomes: number; nsPerTrade: number }[];
};

const QUICK_MAX = 100_000;
const MAKER_TRADES = 40_000;

/** The whole engine at one size after another, each in processes of its own. */
export async function compareSizes(
  runs: number,
  quick: boolean,
  progress: (what: string) => void,
): Promise<SizeReport> {
  const sizes = Object.entries(DIMENSIONS).flatMap(([dimension, values]) =>
    values
      .filter((value) => !quick || value <= QUICK_MAX)
      .map((value) => ({ dimension: dimension as keyof Size, value, times: [] as number[] })),
  );
  // The base is in every dimension; it is measured once.
  const atBase = sizes.filter(({ dimension, value }) => value === BASE[dimension]);
  const makers = [2, 10].map((outcomes) => ({ outcomes, times: [] as number[] }));
  for (let turn = 0; turn < runs; turn++) {
    progress(`sizes, ${turn + 1} of ${runs}`);
    const base = await inChild({ kind: 'flatness', size: BASE });
    for (const size of sizes) {
      const same = atBase.includes(size);
      size.times.push(
        same ? base : await inChild({ kind: 'flatness', size: { ...BASE, [size.dimension]: size.value } }),
      );
    }
    for (const { outcomes, times } of makers)
      times.push(await inChild({ kind: 'lmsr', outcomes, count: quick ? MAKER_TRADES / 4 : MAKER_TRADES }));
  }
  progress('memory');
  return {
    flatness: sizes.map(({ dimension, value, times }) => ({ dimension, value, nsPerCommand: median(times) })),
    memory: await inChild({ kind: 'memory', count: quick ? QUICK_MAX : 1_000_000 }),
    makerTrades: makers.map(({ outcomes, times }) => ({ outcomes, nsPerTrade: median(times) })),
  };
}
