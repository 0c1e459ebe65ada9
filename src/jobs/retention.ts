import { pruneReports } from '../persistence/jobs/calibrationReports.ts';
import { pruneFailures } from '../persistence/jobs/failures.ts';
import type { Sql } from '../persistence/postgres/connect.ts';
import type { FollowerProgress } from '../persistence/read-model/reads.ts';
import { pruneJournalBehindSnapshots, pruneSnapshots } from '../persistence/snapshots/pruneSnapshots.ts';

export type Pruned = { snapshots: number; batches: number; reports: number; failures: number };

/**
 * Deletes what nobody needs any more: old snapshots, the journal behind the two that stay (never what the read model has
 * still to apply), old reports and failures. Each statement is short and may be repeated.
 */
export async function prune(sql: Sql, shard: number, follower: FollowerProgress): Promise<Pruned> {
  return {
    snapshots: await pruneSnapshots(sql, shard),
    batches: await pruneJournalBehindSnapshots(sql, shard, follower.appliedSeq),
    reports: await pruneReports(sql),
    failures: await pruneFailures(sql),
  };
}
