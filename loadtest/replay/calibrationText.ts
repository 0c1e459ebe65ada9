import * as z from 'zod';

const nullable = z.number().nullable();
const score = z.object({
  n: z.number(),
  pairs: z.number(),
  brierBinary: z.number(),
  brierMulti: z.number(),
  baseRate: z.number(),
  skill: nullable,
  ece: z.number(),
  bins: z.array(
    z.object({
      lower: z.number(),
      upper: z.number(),
      n: z.number(),
      meanForecast: z.number(),
      observed: z.number(),
      wilson95: z.tuple([z.number(), z.number()]),
    }),
  ),
});
const report = z.object({
  scored: z.number(),
  excluded: z.record(z.string(), z.number()),
  groups: z.array(z.object({ by: z.string(), horizonMs: z.number(), scores: score })),
});

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
const BAR_WIDTH = 40;

/** The calibration report of `GET /calibration` as lines: scores of the closing prices, and a row per price range. */
export function calibrationText(served: unknown): string {
  const { scored, excluded, groups } = report.parse(served);
  const left = Object.entries(excluded).map(([why, count]) => `${count} ${why}`);
  const lines = [`calibration   ${scored} markets scored; left out: ${left.join(', ')}`];
  const overall = groups.filter(({ by }) => by === 'overall').toSorted((a, b) => a.horizonMs - b.horizonMs)[0];
  if (overall === undefined) return `${lines[0]}\n`;
  const { n, pairs, brierBinary, brierMulti, baseRate, skill, ece, bins } = overall.scores;
  lines.push(
    `  Brier ${brierBinary.toFixed(4)} over ${pairs} outcomes (0 to 1), ${brierMulti.toFixed(4)} over ${n} markets (0 to 2)`,
    `  skill ${skill === null ? '–' : skill.toFixed(3)} over always saying the base rate, ${percent(baseRate)}; mean gap ${percent(ece)}`,
    '  price          n   mean price   happened   95 % of such frequencies',
  );
  for (const { lower, upper, n: count, meanForecast, observed, wilson95 } of bins) {
    const mark = Math.min(BAR_WIDTH - 1, Math.floor(observed * BAR_WIDTH));
    const said = Math.min(BAR_WIDTH - 1, Math.floor(meanForecast * BAR_WIDTH));
    const bar = Array.from({ length: BAR_WIDTH }, (_, i) => (i === mark ? '●' : i === said ? '|' : '·')).join('');
    const range = `${lower.toFixed(1)}–${upper.toFixed(1)}`;
    const bounds = `${percent(wilson95[0])} … ${percent(wilson95[1])}`;
    lines.push(
      `  ${range} ${String(count).padStart(8)} ${percent(meanForecast).padStart(12)} ${percent(observed).padStart(10)}   ${bounds.padEnd(18)} ${bar}`,
    );
  }
  lines.push(`  ${''.padEnd(58)} | said, ● happened`);
  return `${lines.join('\n')}\n`;
}
