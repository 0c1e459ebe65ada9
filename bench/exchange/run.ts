import { makeBed } from './bed.ts';
import type { Row, RowContext, Scale } from './row.ts';
import { acks } from './rows/acks.ts';
import { engine } from './rows/engine.ts';
import { fanOut } from './rows/fanOut.ts';
import { frames } from './rows/frames.ts';
import { idle } from './rows/idle.ts';
import { idleSockets } from './rows/idleSockets.ts';
import { massQuotes } from './rows/massQuotes.ts';
import { memory } from './rows/memory.ts';
import { offered } from './rows/offered.ts';
import { replay } from './rows/replay.ts';
import { single } from './rows/single.ts';
import { slow } from './rows/slow.ts';
import { machine, type Report } from './table.ts';

/** In the order in which they run: the quiet ones before the database has much to do, what stops the exchange at the end. */
export const ROWS: readonly Row[] = [
  idle,
  idleSockets,
  single,
  acks,
  offered,
  fanOut,
  massQuotes,
  slow,
  frames,
  memory,
  replay,
  engine,
];

export type Options = {
  scale: Scale;
  repeats: number;
  /** Names of rows; undefined: all that are not on demand. */
  only?: readonly string[];
  /** A folder for processor profiles of the exchange’s threads. */
  profile?: string;
  say(text: string): void;
};

/**
 * Measures the rows one after the other on one exchange and stops everything that it started. A row that fails is the last:
 * the report has those before it, and says what was wrong.
 */
export async function runBench({ scale, repeats, only, profile, say }: Options): Promise<Report> {
  const unknown = only?.find((name) => !ROWS.some((row) => row.name === name));
  if (unknown !== undefined)
    throw new Error(`there is no row '${unknown}': ${ROWS.map(({ name }) => name).join(', ')}`);
  const rows = ROWS.filter((row) => (only === undefined ? row.onDemand === undefined : only.includes(row.name)));
  say('starting PostgreSQL, the exchange, and the bare servers');
  const bed = await makeBed({ hasty: scale === 'tiny', ...(profile !== undefined && { profile }) });
  try {
    return { machine: machine(), scale, repeats, ...(await measureRows(rows, { bed, scale, repeats, say })) };
  } finally {
    await bed.stop();
  }
}

export async function measureRows(rows: readonly Row[], context: RowContext): Promise<Pick<Report, 'rows' | 'failed'>> {
  const done: Report['rows'] = [];
  for (const row of rows) {
    context.say(`${row.name}: ${row.about}`);
    try {
      const measured = await row.run(context);
      done.push({ name: row.name, ...measured });
      // Shown at once: they are minutes apart.
      context.say(
        [`  ${measured.measured}; ${measured.baseline}; ${measured.ratio}`, ...measured.notes].join('\n    '),
      );
    } catch (error) {
      return { rows: done, failed: { name: row.name, error: String(error instanceof Error ? error.stack : error) } };
    }
  }
  return { rows: done };
}
