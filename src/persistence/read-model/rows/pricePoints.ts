import type { Sql } from '../../postgres/connect.ts';
import { floorTo, RESOLUTIONS_MS } from '../resolutions.ts';
import { outcomeKey } from './keys.ts';
import { RowBuffer } from './rowBuffer.ts';

const COLUMNS = 7;

type Point = {
  market: number;
  outcome: number;
  resolution: number;
  time: number;
  seq: number;
  millionths: number;
  source: number;
};

/** The last price of each outcome in every second of a batch in which it changed, and so in minutes and hours. */
export class PricePointRows {
  /** The newest second of each outcome. */
  private readonly current = new Map<number, Point>();
  private readonly seconds: Point[] = [];

  add(market: number, outcome: number, at: number, seq: number, millionths: number, source: number): void {
    const resolution = RESOLUTIONS_MS[0];
    const time = floorTo(at, resolution);
    const key = outcomeKey(market, outcome);
    const point = this.current.get(key);
    if (point !== undefined && point.time === time) {
      point.seq = seq;
      point.millionths = millionths;
      point.source = source;
      return;
    }
    const next = { market, outcome, resolution, time, seq, millionths, source };
    this.current.set(key, next);
    this.seconds.push(next);
  }

  upsert(sql: Sql) {
    const rows = new RowBuffer(COLUMNS);
    for (const resolution of RESOLUTIONS_MS) {
      for (const row of widen(this.seconds, resolution)) {
        const at = rows.add();
        rows.values.set(columns(row), at);
      }
    }
    return sql`
      insert into brier.price_points select rows.* from unnest(${rows.toArray()}::brier.price_points[]) rows
      where exists (select from head)
      on conflict (market, outcome, resolution, time) do update set seq = excluded.seq,
        millionths = excluded.millionths, source = excluded.source`;
  }
}

const columns = (row: Point): number[] => [
  row.time,
  row.seq,
  row.market,
  row.resolution,
  row.millionths,
  row.outcome,
  row.source,
];

/** Points of `resolution` from those of seconds, which are in the order of time for each outcome: the last one stands. */
function widen(seconds: readonly Point[], resolution: number): Point[] {
  const wide = new Map<number, Point>();
  const rows: Point[] = [];
  for (const second of seconds) {
    const time = floorTo(second.time, resolution);
    const key = outcomeKey(second.market, second.outcome);
    const point = wide.get(key);
    if (point !== undefined && point.time === time) {
      Object.assign(point, { seq: second.seq, millionths: second.millionths, source: second.source });
      continue;
    }
    const first = { ...second, resolution, time };
    wide.set(key, first);
    rows.push(first);
  }
  return rows;
}
