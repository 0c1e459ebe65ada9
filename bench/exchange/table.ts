import { cpus } from 'node:os';
import type { RowResult, Scale } from './row.ts';

export type Report = {
  machine: string;
  scale: Scale;
  repeats: number;
  rows: ({ name: string } & RowResult)[];
  /** The row that ended it: those after it were not measured. */
  failed?: { name: string; error: string };
};

export const machine = (): string => `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;

/** The report as Markdown: the table, and below it what each row says of itself. */
export function table({ machine, scale, repeats, rows, failed }: Report): string {
  const verdict = (met: boolean | undefined): string => (met === undefined ? '' : met ? 'yes' : '**no**');
  const runs = repeats === 1 ? 'One measurement of each' : `Medians of ${repeats}`;
  return `${[
    `${machine}. ${runs}${scale === 'full' ? '' : `, ${scale}: to be looked at, not to be kept`}. Latencies from the client’s side.`,
    '',
    '| what | measured | beside it | ratio | target | reached |',
    '|---|---|---|---|---|---|',
    ...rows.map(
      ({ what, measured, baseline, ratio, target, met }) =>
        `| ${what} | ${measured} | ${baseline} | ${ratio} | ${target} | ${verdict(met)} |`,
    ),
    ...rows
      .filter(({ notes }) => notes.length > 0)
      .flatMap(({ what, notes }) => ['', `**${what}**`, ...notes.map((note) => `* ${note}`)]),
    ...(failed === undefined
      ? []
      : ['', `**${failed.name} failed, and nothing was measured after it**: ${failed.error}`]),
  ].join('\n')}\n`;
}
