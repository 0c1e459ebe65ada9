import type { Sql } from '../postgres/connect.ts';

/** A job that gave up. */
export type JobFailureRow = {
  queue: string;
  jobId: string;
  name: string;
  /** slug */
  market: string | null;
  error: string;
  attempts: number;
  failedAt: number;
};

/** Failures kept; older ones are deleted. */
export const FAILURES_KEPT = 10_000;
/** Characters of an error that are kept. */
const ERROR_CHARS_MAX = 2_000;

export async function insertFailure(sql: Sql, row: JobFailureRow): Promise<void> {
  // Postgres has no NUL in its texts.
  const error = row.error.replaceAll('\0', '\ufffd').slice(0, ERROR_CHARS_MAX);
  await sql`
    insert into brier.job_failures (queue, job_id, name, market, error, attempts, failed_at)
    values (${row.queue}, ${row.jobId}, ${row.name}, ${row.market}, ${error}, ${row.attempts}, ${row.failedAt})`;
}

/** Newest first. */
export const newestFailures = (sql: Sql, limit: number): Promise<JobFailureRow[]> => sql<JobFailureRow[]>`
  select queue, job_id as "jobId", name, market, error, attempts, failed_at as "failedAt"
  from brier.job_failures order by id desc limit ${limit}`;

/** Returns how many were deleted. */
export async function pruneFailures(sql: Sql, kept: number = FAILURES_KEPT): Promise<number> {
  const { count } = await sql`
    delete from brier.job_failures
    where id <= (select id from brier.job_failures order by id desc offset ${kept} limit 1)`;
  return count;
}
