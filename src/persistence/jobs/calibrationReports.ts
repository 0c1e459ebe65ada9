import type { Sql } from '../postgres/connect.ts';

/** Stored reports kept; older ones are deleted. */
export const REPORTS_KEPT = 500;

/** Stores a report (as JSON text) unless the newest one says the same; true if it was stored. */
export async function insertReport(
  sql: Sql,
  row: { createdAt: number; seq: number; report: string },
): Promise<boolean> {
  const { count } = await sql`
    insert into brier.calibration_reports (created_at, seq, report)
    select ${row.createdAt}, ${row.seq}, ${row.report}::text::jsonb
    where ${row.report}::text::jsonb is distinct from
      (select report from brier.calibration_reports order by id desc limit 1)`;
  return count > 0;
}

/** Returns how many were deleted. */
export async function pruneReports(sql: Sql, kept: number = REPORTS_KEPT): Promise<number> {
  const { count } = await sql`
    delete from brier.calibration_reports
    where id <= (select id from brier.calibration_reports order by id desc offset ${kept} limit 1)`;
  return count;
}
