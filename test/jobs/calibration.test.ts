import { afterAll, beforeAll, expect, test } from 'vitest';
import { BUY, SELL } from '../../src/engines/records/commands.ts';
import type { MarketState } from '../../src/gateway/market-data/marketState.ts';
import type { CalibrationPort } from '../../src/gateway/services/ports.ts';
import { calibrationReport } from '../../src/jobs/calibration/calibrationReport.ts';
import type { CalibrationSample } from '../../src/jobs/calibration/sample.ts';
import { CalibrationService, HORIZONS_MS } from '../../src/jobs/reports/calibrationService.ts';
import { readSamples, UNCATEGORIZED } from '../../src/jobs/reports/samples.ts';
import { settleMarket } from '../../src/jobs/settleMarket.ts';
import type { Reads } from '../../src/persistence/read-model/reads.ts';
import { sqlReads } from '../../src/persistence/read-model/sqlReads.ts';
import { random } from '../follower/script.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { JobsExchange } from './exchange.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START = Date.UTC(2030, 0, 1, 17, 30, 15, 250);

let postgres: TestPostgres;
let exchange: JobsExchange;
let reads: Reads;
let calibration: CalibrationService;
/** When each market was made. */
const madeAt = new Map<string, number>();

/** Six weeks of trading in markets of every kind, and how each of them ended. */
beforeAll(async () => {
  postgres = await startTestPostgres();
  exchange = await JobsExchange.start(await postgres.migrated(), () => START);
  const { sql } = exchange.database;
  reads = sqlReads(sql);
  calibration = new CalibrationService({
    sql,
    reads,
    now: exchange.now,
    follower: exchange.follower,
    port: exchange.engine.port,
  });
  await exchange.open(2);
  const closeTime = exchange.now() + 45 * DAY_MS;
  const make = async (slug: string, terms: Omit<Parameters<JobsExchange['create']>[1], 'closeTime'>) => {
    madeAt.set(slug, exchange.now());
    return exchange.create(slug, { closeTime, ...terms });
  };
  const three = ['low', 'middle', 'high'];
  const markets = [
    await make('rain', { category: 'weather' }),
    await make('snow', { category: 'weather', b: 5_000 }),
    await make('league', { category: 'sport "A"', outcomes: three, b: 5_000 }),
    await make('cup', { outcomes: three }),
    await make('called-off', { category: 'weather' }),
    await make('never-traded', { category: 'weather' }),
  ];
  const next = random(7);
  while (exchange.now() < closeTime) {
    const market = markets[Math.floor(next() * 5)] as MarketState;
    const outcome = market.outcomes.length === 2 ? 0 : Math.floor(next() * 3);
    const price = 500 + 100 * Math.floor(next() * 90);
    const lots = 100 * (1 + Math.floor(next() * 10));
    if (market.type === 'lmsr') await exchange.order(1, market, BUY, 9_900, lots, outcome);
    else {
      await exchange.order(1, market, BUY, price, lots, outcome);
      await exchange.order(2, market, SELL, price, lots, outcome);
    }
    exchange.pass(Math.floor(next() * 14 * HOUR_MS));
  }
  const ends: Record<string, number[]> = {
    rain: [10_000, 0],
    snow: [2_500, 7_500],
    league: [0, 0, 10_000],
    cup: [0, 10_000, 0],
    'never-traded': [0, 10_000],
  };
  const jobs = { port: exchange.engine.port, markets: exchange.markets, now: exchange.now, stopping: () => false };
  for (const market of markets) {
    await exchange.end(market);
    const payouts = ends[market.slug];
    if (payouts === undefined) await exchange.void(market);
    else await exchange.resolve(market, payouts);
    await settleMarket({ ...jobs, swept: new Set() }, market, async () => {});
    exchange.pass(HOUR_MS);
  }
  await exchange.follower.waitFor(exchange.engine.port.seq, 0);
});
afterAll(async () => {
  await exchange.close();
  await postgres.stop();
});

const DECIDED = ['rain', 'snow', 'league', 'cup', 'called-off', 'never-traded'];

/** The same samples, asked for one by one. */
async function naiveSamples(slugs: readonly string[], horizons: readonly number[]): Promise<CalibrationSample[]> {
  const samples: CalibrationSample[] = [];
  for (const slug of slugs) {
    const row = await reads.market({ slug });
    if (row === null) throw new Error(slug);
    const outcomes = Array.from({ length: row.outcomes }, (_, outcome) => outcome);
    const pricesAt = (time: number) =>
      Promise.all(
        outcomes.map(async (outcome) => {
          const price = await reads.priceAt({ market: row.market, outcome, time });
          return price === null ? null : price.millionths / 1_000_000;
        }),
      );
    const made = madeAt.get(slug) as number;
    const today = Math.floor(made / DAY_MS);
    const days = Math.floor((row.closeTime - 1) / DAY_MS) - today + 1;
    const daily: { day: number; prices: number[] }[] = [];
    for (let day = 0; day < days; day++) {
      const prices = await pricesAt(Math.min((today + day + 1) * DAY_MS, row.closeTime) - 1);
      const known = prices.filter((price) => price !== null);
      if (known.length === row.outcomes) daily.push({ day, prices: known });
    }
    const definition = JSON.parse(row.definition) as { category?: string };
    for (const horizonMs of horizons) {
      samples.push({
        market: slug,
        category: definition.category ?? UNCATEGORIZED,
        closeTime: row.closeTime,
        resolvedAt: row.resolvedAt ?? row.changedAt,
        horizonMs,
        prices:
          horizonMs === 0
            ? outcomes.map((i) => {
                const price = row.closingPrices?.[i] ?? -1;
                return price < 0 ? null : price / 1_000_000;
              })
            : await pricesAt(row.closeTime - horizonMs - 1_000),
        payouts: row.payouts?.map((ticks) => ticks / 10_000) ?? outcomes.map(() => 0),
        ...(horizonMs === 0 && daily.length > 0 && { daily: { days, prices: daily } }),
      });
    }
  }
  return samples;
}

const byMarket = (a: CalibrationSample, b: CalibrationSample): number =>
  a.market < b.market ? -1 : a.market > b.market ? 1 : a.horizonMs - b.horizonMs;

test('samples are those that one gets by asking for each price', async () => {
  const { samples, complete } = await readSamples(exchange.database.sql, {}, HORIZONS_MS);
  const naive = await naiveSamples(DECIDED, HORIZONS_MS);
  expect(complete).toBe(true);
  const bare = (all: CalibrationSample[]) => [...all].sort(byMarket).map(({ daily: _, ...sample }) => sample);
  expect(bare(samples)).toEqual(bare(naive));
  const priced = samples.filter(({ horizonMs, prices }) => horizonMs > 0 && prices.every((price) => price !== null));
  expect(priced.length).toBeGreaterThan(10);
});

test('the time-averaged scores are those of a price for each day', async () => {
  const averaged = async (samples: CalibrationSample[]) =>
    calibrationReport(samples, { by: ['market'] }).groups.map(({ key, timeAveraged }) => [key, timeAveraged] as const);
  const { samples } = await readSamples(exchange.database.sql, {}, [0]);
  const expected = await averaged(await naiveSamples(DECIDED, [0]));
  const actual = await averaged(samples);
  expect(actual.map(([key]) => key)).toEqual(['cup', 'league', 'rain', 'snow']);
  for (const [i, [key, score]] of expected.entries()) {
    expect(actual[i]?.[0]).toBe(key);
    expect(actual[i]?.[1]?.brierMulti).toBeCloseTo(score?.brierMulti ?? Number.NaN, 12);
  }
});

test('pages join: nothing is lost or told twice, and what is left out is said', async () => {
  const { sql } = exchange.database;
  const all = await readSamples(sql, {}, [0]);
  const some = await readSamples(sql, {}, [0], 4);
  expect(some.complete).toBe(false);
  expect(some.samples).toEqual(all.samples.slice(0, 4));
  expect(all.samples.map(({ market }) => market)).toEqual(DECIDED.toReversed());
});

test('reports are filtered by time, market, category and horizon', async () => {
  const port: CalibrationPort = calibration;
  const rows = await Promise.all(DECIDED.map((slug) => reads.market({ slug })));
  const [rain, snow] = rows;
  const all = await calibration.report({});
  expect(all).toMatchObject({ version: 1, scored: 4, excluded: { voided: 1, unpriced: 1 }, complete: true });
  expect(all.groups.filter(({ by }) => by === 'category').map(({ key }) => key)).toEqual([
    'sport "A"',
    UNCATEGORIZED,
    'weather',
  ]);
  expect(await port.report({ category: 'sport "A"' })).toMatchObject({ scored: 1, groups: { length: 3 } });
  expect(await port.report({ category: 'weather' })).toMatchObject({ scored: 2, excluded: { voided: 1 } });
  expect(await port.report({ category: 'nothing' })).toMatchObject({ scored: 0, groups: [] });
  expect(await port.report({ market: 'cup' })).toMatchObject({ scored: 1 });
  const until = await calibration.report({ from: rain?.resolvedAt ?? 0, to: snow?.resolvedAt ?? 0 });
  expect(until.groups.filter(({ by }) => by === 'market').map(({ key }) => key)).toEqual(['rain']);
  const early = await calibration.report({ market: 'snow', horizonMs: 7 * DAY_MS });
  expect(early.groups).toMatchObject([{ horizonMs: 7 * DAY_MS }, { by: 'category' }, { by: 'market', key: 'snow' }]);
  // YES at p: the score is (p − 0.25)² for a payout of a quarter.
  const [sample] = await naiveSamples(['snow'], [7 * DAY_MS]);
  expect(early.groups[0]?.scores.brierBinary).toBeCloseTo(((sample?.prices[0] ?? 0) - 0.25) ** 2, 12);
});

test('a report in slices is the report of the whole', async () => {
  const { samples } = await readSamples(exchange.database.sql, {}, HORIZONS_MS);
  const whole = calibrationReport(samples, { by: ['overall', 'category'] });
  expect(await calibration.overview()).toEqual({ ...whole, complete: true });
});

test('a market is scored at every horizon, one that is not scored yet is not there', async () => {
  const own = await calibration.market('league');
  expect(own?.groups.map(({ by, key, horizonMs }) => [by, key, horizonMs])).toEqual(
    HORIZONS_MS.map((horizonMs) => ['market', 'league', horizonMs]),
  );
  expect(await calibration.market('called-off')).toBeNull();
  expect(await calibration.market('never-traded')).toBeNull();
  expect(await calibration.market('nowhere')).toBeNull();
});

test('the diagram is drawn with and without data', async () => {
  expect(await calibration.svg({})).toMatch(/^<svg[\s\S]*Calibration of all markets[\s\S]*4 forecasts[\s\S]*<\/svg>$/);
  const nothing = await calibration.svg({ category: 'a <b> & "c"' });
  expect(nothing).toContain('a &lt;b&gt; &amp;');
  expect(nothing).toContain('No resolved forecasts yet');
});

test('a report is of everything that was decided before it was asked for', async () => {
  for (const [i, slug] of ['off', 'off-too'].entries()) {
    await exchange.void(await exchange.create(slug, { closeTime: exchange.now() + HOUR_MS, category: 'late' }));
    expect(exchange.follower.appliedSeq).toBeLessThan(exchange.engine.port.seq);
    expect(await calibration.report({ category: 'late' })).toMatchObject({ excluded: { voided: i + 1 } });
    exchange.pass(HOUR_MS);
  }
});
