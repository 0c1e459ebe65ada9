import type { Sql } from '../postgres/connect.ts';

/** How far the read model of a shard is, and the engine’s digest there. */
export type ReadModelHead = { seq: number; digest: number };

/** The head; made at 0 when there is none. */
export async function readHead(sql: Sql, shard: number): Promise<ReadModelHead> {
  await sql`insert into brier.read_model_head (shard, seq, digest) values (${shard}, 0, 0) on conflict do nothing`;
  const [head] = await sql<[ReadModelHead]>`
    select seq, digest from brier.read_model_head where shard = ${shard}`;
  return head;
}
