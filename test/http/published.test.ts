import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../src/gateway/http/mount.ts';
import { Latency } from '../../src/gateway/latency/latency.ts';
import { COSTS } from '../../src/gateway/limits/costs.ts';
import { publishedLimits } from '../../src/gateway/limits/published.ts';
import { RateLimits } from '../../src/gateway/limits/rateLimits.ts';
import { DEFAULT_LIMITS } from '../../src/limits.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { startTestServer, type TestServer } from './testServer.ts';

let postgres: TestPostgres;
let server: TestServer;
beforeAll(async () => {
  postgres = await startTestPostgres();
  server = await startTestServer(await postgres.migrated());
});
afterAll(async () => {
  await server?.close();
  await postgres?.stop();
});

const text = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
const [, limits = '', costs = ''] = /\n## Limits\n(.*)\n### Budgets\n(.*)\n### Overload\n/s.exec(text) ?? [];
const rows = [...limits.matchAll(/^\| (\*?)`(\w+)`\*? \| ([^|]+) \|/gm)].map(([, set, name = '', value = '']) => ({
  name,
  value,
  configurable: set === '*',
}));
const number = (digits = '') => Number(digits.replaceAll(',', ''));

test('the protocol’s table of limits is that of the server', () => {
  const published = publishedLimits(DEFAULT_LIMITS);
  expect(rows.length).toBeGreaterThan(30);
  for (const { name, value } of rows) {
    if (value === 'of the market') continue;
    const rate = /^([\d.,]+) a second, ([\d,]+) at once$/.exec(value);
    const found = published[name];
    if (rate !== null) expect(found, name).toEqual({ perSecond: number(rate[1]), burst: number(rate[2]) });
    else expect(Number(found), name).toBe(number(value));
  }
  // `positionLimit` is each market’s own.
  const named = rows.map(({ name }) => name).filter((name) => name !== 'positionLimit');
  expect(named.sort()).toEqual(Object.keys(published).sort());
  const configurable = rows.filter((row) => row.configurable).map(({ name }) => name);
  expect(configurable.sort()).toEqual(Object.keys(DEFAULT_LIMITS).sort());
});

test('and so is its table of costs', () => {
  const told = new Map<string, number>();
  for (const [, names = '', tokens = ''] of costs.matchAll(/^\| (`[^|]+`) \| (\d+[^|]*) \|/gm)) {
    const cost = tokens.includes('each four') ? 1 / 4 : Number.parseInt(tokens, 10);
    for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) told.set(name, cost);
  }
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(Object.entries(COSTS).map(([op, { cost }]) => [op, cost])),
  );
});

test('and its table of routes has every route', () => {
  const [, table = ''] = /\n\| route \| \|\n(.*?)\n\n/s.exec(text) ?? [];
  const told = table.split('\n').flatMap((row) => {
    let methods: string[] = [];
    let next: string[] = [];
    return [...(row.split(' | ')[0] ?? '').matchAll(/`([A-Z]*) ?([^`]*)`/g)].flatMap(([, method = '', path = '']) => {
      if (method !== '') next.push(method);
      if (path === '') return [];
      if (next.length > 0) methods = next;
      next = [];
      // `/markets/:id/{book,trades}` is one for each.
      const [, before = path, list = '', after = ''] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
      return list.split(',').flatMap((name) => methods.map((each) => `${each} ${before}${name}${after}`));
    });
  });
  const served = allRoutes(server.deps).map(({ method, path }) => `${method.toUpperCase()} ${path}`);
  expect(told.sort()).toEqual(served.sort());
});

test('GET /limits tells them, and whether they apply', async () => {
  const { status, body } = await server.call('GET', '/limits');
  expect(status).toBe(200);
  expect(body).toEqual({ rateLimits: false, limits: publishedLimits(DEFAULT_LIMITS), costs: COSTS });
  const before = server.deps.limits;
  const changed = { ...DEFAULT_LIMITS, connectionsPerAddress: 3, requestsInFlight: 10 };
  Object.assign(server.deps, { limits: new RateLimits(true, changed) });
  const other = await server.call('GET', '/limits');
  Object.assign(server.deps, { limits: before });
  expect(other.body).toMatchObject({
    rateLimits: true,
    limits: { connectionsPerAddress: 3, requestsInFlight: 10, cancelsInFlight: 1_034 },
  });
});

test('GET /latency tells the percentiles of each stage, and /metrics the same in seconds', async () => {
  const { latency, metrics } = server.deps;
  const none = { count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };
  const { body } = await server.call('GET', '/latency');
  expect(body).toEqual({ windowMs: 60_000, stages: { sequenced: none, committed: none, sent: none, total: none } });
  const now = performance.timeOrigin + performance.now();
  latency.record(now - 4, now - 3, now - 1, now);
  const { stages } = (await server.call('GET', '/latency')).body;
  expect(stages).toMatchObject({ sequenced: { count: 1 }, total: { count: 1 } });

  const measured = new Latency();
  metrics.percentiles('brier_test_stages', 'Of a test', () => Object.entries(measured.percentiles()));
  const scrape = async () => (await fetch(`${server.url}/metrics`)).text();
  expect(await scrape()).not.toMatch(/^brier_test_stages\{/m);
  measured.record(now - 4, now - 3, now - 1, now);
  const scraped = await scrape();
  expect(scraped).toMatch(/^brier_test_stages\{stage="sequenced",quantile="0\.999"\} 0\.00\d+$/m);
  expect(scraped).toMatch(/^brier_test_stages\{stage="total",quantile="1"\} 0\.00\d+$/m);
});
