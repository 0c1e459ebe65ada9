import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reportHtml } from '../../loadtest/report/html.ts';
import { SCENARIO_NAMES } from '../../loadtest/scenarios.ts';
import { type Exchange, startExchange } from '../support/exchangeProcess.ts';
import { brokenOf, k6, shortRun, TIMEOUT_MS } from './support/shortRun.ts';

describe.skipIf(k6 === undefined)('a scenario run by k6', { timeout: TIMEOUT_MS }, () => {
  let exchange: Exchange;
  beforeAll(async () => {
    exchange = await startExchange();
  });
  afterAll(() => exchange?.stop());

  it.each(SCENARIO_NAMES)('%s finds nothing wrong with the exchange', async (scenario) => {
    const report = await shortRun(exchange, scenario);
    expect({ broken: brokenOf(report), notes: report.notes }).toEqual({ broken: [], notes: [] });
    expect(report.passed).toBe(true);
    expect(report.seconds.length).toBeGreaterThan(0);
    if (scenario === 'reconnect-storm') expect(report.metrics.resumes?.values.count).toBeGreaterThan(0);
    if (scenario === 'market-maker') expect(report.metrics.quote_updates?.values.count).toBeGreaterThan(0);
    expect(reportHtml(report)).toContain('<svg');
  });

  it('is right, and over in time, however much is asked for', async () => {
    const rate = 50_000;
    const report = await shortRun(exchange, 'order-flow', { rate });
    expect({ broken: brokenOf(report), notes: report.notes }).toEqual({ broken: [], notes: [] });
    expect(report.metrics.requests_sent?.values.count).toBeLessThan(rate);
    expect(report.verdict.limit).not.toBe('none');
  });
});
