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
  const [first] = await sql<{ first_seq: number }[]>`
    select first_seq from brier.journal where shard = ${shard} order by last_seq limit 1`;
  if (first !== undefined) return { snapshots, begin: first.first_seq };
  const [head] = await sql<{ last_seq: number }[]>`select last_seq from brier.journal_head where shard = ${shard}`;
  return { snapshots, begin: (head?.last_seq ?? 0) + 1 };
}

/** Whether a replay can give everything after `since`: there is a state at or before it, and all of the journal after that. */
export function reaches({ snapshots, begin }: Reach, since: number): boolean {
  const base = snapshots.find((seq) => seq <= since) ?? 0;
  return begin <= base + 1;
}
