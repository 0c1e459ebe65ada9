import type { Sql } from '../postgres/connect.ts';
import { listSnapshots } from '../snapshots/readSnapshots.ts';

/** From where on the events of a shard can be made again. */
export type Reach = {
  /** Sequences of the snapshots, newest first. */
  readonly snapshots: readonly number[];
  /** The first sequence that the journal holds, or would. */
  readonly begin: number;
};

export async function reachOf(sql: Sql, shard: number): Promise<Reach> {
  const snapshots = (await listSnapshots(sql, shard)).map(({ seq }) => seq);
  // One statement: between two of them an empty journal might get its first rows.
  const [row] = await sql<{ begin: number }[]>`
    select coalesce(
      (select first_seq from brier.journal where shard = ${shard} order by last_seq limit 1),
      (select last_seq + 1 from brier.journal_head where shard = ${shard}),
      1
    ) as begin`;
  return { snapshots, begin: row?.begin ?? 1 };
}

/** Whether a replay can give everything after `since`: there is a state at or before it, and all of the journal after that. */
export function reaches({ snapshots, begin }: Reach, since: number): boolean {
  const base = snapshots.find((seq) => seq <= since) ?? 0;
  return begin <= base + 1;
}
