import { type CalibrationSample, type Exclusion, readSample, type ScoredSample } from './sample.ts';
import { type ScoreReport, scoreReport } from './scoreReport.ts';

export type CalibrationGrouping = 'overall' | 'category' | 'market';

export interface CalibrationGroup {
  readonly by: CalibrationGrouping;
  /** The category or market; `null` overall. */
  readonly key: string | null;
  readonly horizonMs: number;
  /** Of the markets scored in this group. */
  readonly closeTimeFirst: number;
  readonly closeTimeLast: number;
  /** Markets of n > 2 outcomes whose prices did not sum to 1 and were scaled. */
  readonly scaled: number;
  readonly scores: ScoreReport;
  /** Mean over the markets that came with daily prices; 0–2. */
  readonly timeAveraged: { readonly n: number; readonly brierMulti: number } | null;
}

/** Served over HTTP and stored: `version` changes when a field changes its meaning. */
export interface CalibrationReport {
  readonly version: 1;
  /** Samples that were scored; each is in one group of every grouping. */
  readonly scored: number;
  readonly excluded: Readonly<Record<Exclusion, number>>;
  /** Overall first, then categories, then markets; by key, then the closing price first and longer horizons after it. */
  readonly groups: readonly CalibrationGroup[];
  /** Groups left out because there were more than `CALIBRATION_GROUPS_MAX`. */
  readonly groupsOmitted: number;
}

/** Most groups in one report, about 2 kB each; those whose markets closed last stay, overall groups before all others. */
export const CALIBRATION_GROUPS_MAX = 1000;

type Scored = ScoredSample & { readonly sample: CalibrationSample };
type Collected = Pick<CalibrationGroup, 'by' | 'key' | 'horizonMs'> & { readonly members: Scored[] };

const GROUPING_ORDER: readonly CalibrationGrouping[] = ['overall', 'category', 'market'];

/**
 * Compares prices with outcomes, by each of the groupings in `by` and always by horizon, so that no market counts
 * twice within a group. A binary market contributes its YES price. A market of n > 2 outcomes contributes once to
 * `brierMulti` and the log score, and one pair for each outcome against the rest to `brierBinary`, the reliability
 * bins, the decompositions and the isotonic curve. Partial resolutions are scored with their fractions. Voided
 * markets, missing prices and prices from after the resolution are excluded and counted.
 *
 * Throws RangeError on a sample that no market can produce, or if one market comes twice at one horizon.
 */
export function calibrationReport(
  samples: readonly CalibrationSample[],
  { by = ['overall'] }: { readonly by?: readonly CalibrationGrouping[] } = {},
): CalibrationReport {
  const excluded: Record<Exclusion, number> = { voided: 0, unpriced: 0, afterOutcome: 0 };
  const scored: Scored[] = [];
  assertDistinct(samples);
  for (const sample of samples) {
    const read = readSample(sample);
    if (typeof read === 'string') excluded[read] += 1;
    else scored.push({ ...read, sample });
  }
  const groups = GROUPING_ORDER.filter((grouping) => by.includes(grouping)).flatMap((grouping) =>
    collect(scored, grouping),
  );
  const kept = newest(groups);
  return {
    version: 1,
    scored: scored.length,
    excluded,
    groups: kept.map(toGroup),
    groupsOmitted: groups.length - kept.length,
  };
}

function assertDistinct(samples: readonly CalibrationSample[]): void {
  const seen = new Set<string>();
  for (const { market, horizonMs } of samples) {
    const id = `${horizonMs} ${market}`;
    if (seen.has(id)) throw new RangeError(`market ${market} comes twice at horizon ${horizonMs}`);
    seen.add(id);
  }
}

function collect(scored: readonly Scored[], by: CalibrationGrouping): Collected[] {
  const groups = new Map<string, Collected>();
  for (const member of scored) {
    const { horizonMs } = member.sample;
    const key = by === 'overall' ? null : member.sample[by];
    const id = `${horizonMs} ${key ?? ''}`;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { by, key, horizonMs, members: [member] });
    else group.members.push(member);
  }
  return [...groups.values()].sort((a, b) => compareKeys(a.key ?? '', b.key ?? '') || a.horizonMs - b.horizonMs);
}

/** By code unit: a stored report must not depend on the locale of the machine. */
function compareKeys(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function newest(groups: readonly Collected[]): readonly Collected[] {
  if (groups.length <= CALIBRATION_GROUPS_MAX) return groups;
  const rank = (group: Collected) => (group.by === 'overall' ? Number.POSITIVE_INFINITY : closeTimes(group).last);
  const ranked = groups
    .map((group) => ({ group, rank: rank(group) }))
    .sort((a, b) => (b.rank > a.rank ? 1 : b.rank < a.rank ? -1 : 0));
  const kept = new Set(ranked.slice(0, CALIBRATION_GROUPS_MAX).map(({ group }) => group));
  return groups.filter((group) => kept.has(group));
}

function closeTimes({ members }: Collected): { first: number; last: number } {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { sample } of members) {
    first = Math.min(first, sample.closeTime);
    last = Math.max(last, sample.closeTime);
  }
  return { first, last };
}

function toGroup(group: Collected): CalibrationGroup {
  const { by, key, horizonMs, members } = group;
  const { first, last } = closeTimes(group);
  const averages = members.flatMap(({ timeAveraged }) => (timeAveraged === null ? [] : timeAveraged.brierMulti));
  return {
    by,
    key,
    horizonMs,
    closeTimeFirst: first,
    closeTimeLast: last,
    scaled: members.filter(({ scaled }) => scaled).length,
    scores: scoreReport(members.map(({ forecast }) => forecast)),
    timeAveraged:
      averages.length === 0
        ? null
        : { n: averages.length, brierMulti: averages.reduce((sum, brier) => sum + brier, 0) / averages.length },
  };
}
