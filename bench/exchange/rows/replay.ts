import { connect } from '../../../dist/persistence/postgres/connect.js';
import { startEmbedded } from '../../../dist/persistence/postgres/embedded.js';
import { recover } from '../../../dist/persistence/recovery.js';
import { count, type Row } from '../row.ts';

export const replay: Row = {
  name: 'replay',
  about: 'recovery from the journal alone: commands of all rows before it, a second',
  async run({ bed }) {
    await bed.exchange.stop();
    const postgres = await startEmbedded({ dataDir: bed.dataDir });
    const sql = connect(postgres.url, { max: 2, applicationName: 'brier-bench' });
    const troubles: string[] = [];
    let seconds: number;
    let replayed: number;
    try {
      // The oldest stays where the journal was pruned up to it; a young journal is replayed from its first row.
      const [row] = await sql<{ first: number }[]>`select min(first_seq) as first from brier.journal where shard = 0`;
      if (Number(row?.first) === 1) await sql`delete from brier.snapshots where shard = 0`;
      else
        await sql`delete from brier.snapshots where shard = 0 and seq > (select min(seq) from brier.snapshots where shard = 0)`;
      const started = performance.now();
      ({ replayed } = await recover(sql, 0, { onTrouble: (message) => troubles.push(message) }));
      seconds = (performance.now() - started) / 1_000;
    } catch (error) {
      throw new Error([...troubles, (error as Error).message].join('; '), { cause: error });
    } finally {
      await sql.end();
      await postgres.stop();
    }
    return {
      what: 'recovery from the journal',
      measured: `${count(replayed / seconds)} commands/s`,
      baseline: '',
      ratio: '',
      target: '',
      met: undefined,
      notes: [`${count(replayed)} commands replayed in ${seconds.toFixed(1)} s`, ...troubles],
      data: { replayed, seconds, perSecond: replayed / seconds },
    };
  },
};
