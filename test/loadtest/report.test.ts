import { describe, expect, it } from 'vitest';
import type { SecondLine } from '../../loadtest/k6/run/plan.ts';
import { chartSvg, escapeHtml, linearTicks, logarithmicTicks, roundStep } from '../../loadtest/report/chart.ts';
import { Series } from '../../loadtest/series.ts';
import { type Utilisation, verdictOf } from '../../loadtest/verdict.ts';

describe('who was the limit', () => {
  const calm: Utilisation = {
    cores: 4,
    vus: 2,
    k6: 0.5,
    exchange: 0.5,
    busiestThread: 0.3,
    isMainBusiest: true,
    machine: 1.2,
    others: 0,
    offeredPart: 1,
    lagP95Ms: 1,
  };
  it.each<[string, Partial<Utilisation>, string]>([
    ['nobody', {}, 'none'],
    ['k6, whose VUs are busy', { k6: 1.9, lagP95Ms: 80 }, 'k6'],
    ['the exchange, one of whose threads is busy', { busiestThread: 0.97, exchange: 1.6 }, 'exchange'],
    ['k6 rather than the exchange', { k6: 1.95, busiestThread: 0.9, exchange: 1.2 }, 'k6'],
    ['the machine that both share', { cores: 2, k6: 0.9, exchange: 0.9, machine: 1.95, offeredPart: 0.7 }, 'machine'],
    ['what is not known', { offeredPart: 0.7 }, 'unknown'],
    ['an exchange elsewhere is not judged', { exchange: undefined, busiestThread: 0, k6: 1.9 }, 'k6'],
  ])('%s', (_, run, limit) => expect(verdictOf({ ...calm, ...run }).limit).toBe(limit));
  it('names other programs', () => {
    expect(verdictOf({ ...calm, others: 0.7 }).text).toContain('Other programs used 0.70');
    expect(verdictOf(calm).text).not.toContain('Other programs');
  });
});

describe('charts', () => {
  it('have round ticks', () => {
    expect([0.3, 1, 3.2, 70].map(roundStep)).toEqual([0.5, 1, 5, 100]);
    expect(linearTicks(2)).toEqual([0, 0.5, 1, 1.5, 2]);
    expect(linearTicks(0)[0]).toBe(0);
    expect(logarithmicTicks(3, 900)).toEqual([1, 10, 100, 1000]);
    expect(logarithmicTicks(10, 10)).toEqual([10, 100]);
  });
  it('can be of nothing, and escape what they are given', () => {
    const svg = chartSvg({
      title: '<b>',
      unit: '',
      isLogarithmic: true,
      lines: [{ name: '"', color: 'c1', points: [] }],
    });
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('<b><');
    expect(escapeHtml('<a href="x">&')).toBe('&#60;a href=&#34;x&#34;&#62;&#38;');
  });
});

describe('seconds', () => {
  const line = (fields: Partial<SecondLine>): SecondLine => ({
    vu: 1,
    at: 5_000,
    ms: 1000,
    sent: 10,
    answers: 10,
    refused: 0,
    failed: 0,
    messages: 30,
    faults: 0,
    lagMs: 1,
    latency: [[100, 10]],
    ...fields,
  });
  it('are those of all VUs, and a second’s even where one was longer', () => {
    const series = new Series();
    series.add(line({}));
    series.add(line({ vu: 2, at: 5_900, ms: 2000, sent: 40, lagMs: 7, latency: [[200, 90]] }));
    const [second] = series.seconds;
    expect(second).toMatchObject({ at: 5000, sent: 30, messages: 45, lagMs: 7 });
    expect(second?.p50Ms).toBeGreaterThan(second?.p50Ms === 0 ? 0 : 10);
    expect(series.latest).toEqual(second);
  });
});
