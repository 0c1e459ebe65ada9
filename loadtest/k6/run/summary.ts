/** k6’s summary as JSON, for the runner, in place of its text. */
export function handleSummary(data: unknown): Record<string, string> {
  return { [__ENV.BRIER_LOADTEST_SUMMARY ?? 'summary.json']: JSON.stringify(data) };
}
