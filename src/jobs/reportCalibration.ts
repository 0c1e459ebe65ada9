import { insertReport } from '../persistence/jobs/calibrationReports.ts';
import type { Sql } from '../persistence/postgres/connect.ts';
import type { FollowerProgress } from '../persistence/read-model/reads.ts';
import type { CalibrationService } from './reports/calibrationService.ts';

/** The read model may be so far behind before the job is tried again later. */
const FOLLOWER_WAIT_MS = 30_000;
/** Waiting in slices lets a stopping process end. */
const SLICE_MS = 250;

/** Measures all decided markets and keeps the report, once the read model has everything up to `seq`. */
export async function reportCalibration(
  deps: {
    sql: Sql;
    follower: FollowerProgress;
    calibration: CalibrationService;
    now: () => number;
    stopping: () => boolean;
  },
  seq: number,
): Promise<void> {
  const { follower } = deps;
  for (let waited = 0; !(await follower.waitFor(seq, SLICE_MS)); waited += SLICE_MS) {
    if (deps.stopping()) return;
    if (waited >= FOLLOWER_WAIT_MS) throw new Error(`the read model is at ${follower.appliedSeq}, not yet at ${seq}`);
  }
  const applied = follower.appliedSeq;
  const report = await deps.calibration.overview();
  await insertReport(deps.sql, { createdAt: deps.now(), seq: applied, report: JSON.stringify(report) });
}
