import exec from 'k6/execution';

let offsetMs: number | undefined;

/** Milliseconds since 1970, with fractions: k6 has no performance.now(), but the run’s duration is as fine. */
export function now(): number {
  offsetMs ??= nextMillisecond() - exec.instance.currentTestRunDuration;
  return offsetMs + exec.instance.currentTestRunDuration;
}

/** Waits for the clock to turn over, so that its milliseconds are whole. */
function nextMillisecond(): number {
  const before = Date.now();
  let at = before;
  while (at === before) at = Date.now();
  return at;
}
