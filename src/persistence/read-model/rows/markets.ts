import { MARKET, SEQ, TIME } from '../../../engines/records/buffer.ts';
import * as C from '../../../engines/records/commands.ts';
import * as E from '../../../engines/records/events.ts';
import type { Sql } from '../../postgres/connect.ts';
import type { Records } from '../records.ts';
import { storable } from './arrays.ts';

const CLOSED = E.MARKET_STATUSES.indexOf('closed');
const RESOLVED = E.MARKET_STATUSES.indexOf('resolved');

/** What never changes after creation: of the command, and of the event that it caused. */
type Created = {
  market: number;
  slug: string;
  type: number;
  outcomes: number;
  tick_size: number;
  dispute_window: number;
  definition: string;
  created_seq: number;
  created_at: number;
};
/** The state after the last event of a batch; null leaves what stands. */
type Changed = {
  market: number;
  seq: number;
  changed_at: number;
  liquidity: number | null;
  status: number | null;
  close_time: number | null;
  dispute_until: number | null;
  /** Meant when `status` is: null says that there are none. */
  payouts: number[] | null;
  closing_prices: number[] | null;
  closing_sources: number[] | null;
  resolved_at: number | null;
  reason: string | null;
  settled: number | null;
  settlement_steps: number | null;
  paid: number | null;
};

/** Markets that a batch creates or changes. They are few beside its orders: JSON is good enough. */
export class MarketRows {
  private readonly created: Created[] = [];
  private readonly changed = new Map<number, Changed>();

  addMarket(i32: Int32Array, f64: Float64Array, at: number, command: Records, commandAt: number): void {
    const outcomes = i32[at + E.MARKET_OUTCOMES] as number;
    const cause = i32[at + E.MARKET_CAUSE] as number;
    const slugAt = at + E.MARKET_PER_OUTCOME + outcomes * E.MARKET_OUTCOME_WORDS;
    const text = C.readText(i32, C.afterText(i32, slugAt));
    if (cause === C.COMMAND.CREATE_MARKET) {
      this.addCreated(i32, f64, at, C.readText(i32, slugAt), text, command, commandAt);
    }
    const row = this.change(i32, f64, at);
    const time = f64[(at + TIME) >> 1] as number;
    if (cause === C.COMMAND.CREATE_MARKET) row.liquidity = command.f64[(commandAt + C.CREATE_LIQUIDITY) >> 1] as number;
    row.status = i32[at + E.MARKET_STATUS] as number;
    row.close_time = f64[(at + E.MARKET_CLOSE_TIME) >> 1] as number;
    row.dispute_until = f64[(at + E.MARKET_DISPUTE_UNTIL) >> 1] as number;
    const perOutcome = (word: number): number[] =>
      Array.from(
        { length: outcomes },
        (_, i) => i32[at + E.MARKET_PER_OUTCOME + i * E.MARKET_OUTCOME_WORDS + word] as number,
      );
    row.payouts = i32[at + E.MARKET_RESOLVED] === 1 ? perOutcome(0) : null;
    if (row.status >= CLOSED) {
      row.closing_prices = perOutcome(1);
      row.closing_sources = perOutcome(2);
    }
    if (row.status === RESOLVED) row.resolved_at ??= time;
    if (cause === C.COMMAND.DISPUTE || cause === C.COMMAND.VOID) row.reason = storable(text);
  }

  /** The AMM event of a maker that was given more. */
  addTopUp(i32: Int32Array, f64: Float64Array, at: number): void {
    this.change(i32, f64, at).liquidity = f64[(at + E.AMM_B) >> 1] as number;
  }

  addSettlement(i32: Int32Array, f64: Float64Array, at: number): void {
    const row = this.change(i32, f64, at);
    row.settled = i32[at + E.SETTLEMENT_CURSOR] as number;
    row.settlement_steps = i32[at + E.SETTLEMENT_HOLDERS] as number;
    row.paid = f64[(at + E.SETTLEMENT_PAID) >> 1] as number;
  }

  private addCreated(
    i32: Int32Array,
    f64: Float64Array,
    at: number,
    slug: string,
    definition: string,
    command: Records,
    commandAt: number,
  ): void {
    const f64At = (word: number): number => command.f64[(commandAt + word) >> 1] as number;
    this.created.push({
      market: i32[at + MARKET] as number,
      slug,
      type: command.i32[commandAt + C.CREATE_TYPE] as number,
      outcomes: i32[at + E.MARKET_OUTCOMES] as number,
      tick_size: command.i32[commandAt + C.CREATE_TICK_SIZE] as number,
      dispute_window: f64At(C.CREATE_DISPUTE_WINDOW),
      definition: storable(definition),
      created_seq: f64[(at + SEQ) >> 1] as number,
      created_at: f64[(at + TIME) >> 1] as number,
    });
  }

  private change(i32: Int32Array, f64: Float64Array, at: number): Changed {
    const market = i32[at + MARKET] as number;
    let row = this.changed.get(market);
    if (row === undefined) {
      row = {
        ...{
          market,
          seq: 0,
          changed_at: 0,
          liquidity: null,
          status: null,
          close_time: null,
          dispute_until: null,
          payouts: null,
        },
        ...{ closing_prices: null, closing_sources: null, resolved_at: null, reason: null },
        ...{ settled: null, settlement_steps: null, paid: null },
      };
      this.changed.set(market, row);
    }
    row.seq = f64[(at + SEQ) >> 1] as number;
    row.changed_at = f64[(at + TIME) >> 1] as number;
    return row;
  }

  /** New markets with the state at the end of the batch. */
  insert(sql: Sql) {
    const rows = this.created.map((created) => ({ ...this.changed.get(created.market), ...created }));
    return sql`
      insert into brier.markets (market, slug, type, outcomes, tick_size, liquidity, dispute_window, definition, created_seq,
        created_at, seq, changed_at, status, close_time, dispute_until, payouts, closing_prices, closing_sources,
        resolved_at, reason, settled, settlement_steps, paid)
      select market, slug, type, outcomes, tick_size, liquidity, dispute_window, definition, created_seq, created_at, seq,
        changed_at, status, close_time, dispute_until, payouts, closing_prices, closing_sources, resolved_at,
        coalesce(reason, ''), coalesce(settled, 0), coalesce(settlement_steps, 0), coalesce(paid, 0)
      from jsonb_to_recordset(${sql.json(rows)}) as rows (market int, slug text, type smallint, outcomes smallint,
        tick_size int, liquidity bigint, dispute_window bigint, definition text, created_seq bigint, created_at bigint,
        seq bigint, changed_at bigint, status smallint, close_time bigint, dispute_until bigint, payouts int[],
        closing_prices int[], closing_sources int[], resolved_at bigint, reason text, settled int, settlement_steps int,
        paid bigint)
      where exists (select from head)`;
  }

  /** The state of markets that earlier batches created. */
  update(sql: Sql) {
    const here = new Set(this.created.map((created) => created.market));
    const rows = [...this.changed.values()].filter((changed) => !here.has(changed.market));
    return sql`
      update brier.markets m set seq = c.seq, changed_at = c.changed_at,
        liquidity = coalesce(c.liquidity, m.liquidity), status = coalesce(c.status, m.status),
        close_time = coalesce(c.close_time, m.close_time), dispute_until = coalesce(c.dispute_until, m.dispute_until),
        payouts = case when c.status is null then m.payouts else c.payouts end,
        closing_prices = coalesce(c.closing_prices, m.closing_prices),
        closing_sources = coalesce(c.closing_sources, m.closing_sources),
        resolved_at = coalesce(m.resolved_at, c.resolved_at), reason = coalesce(c.reason, m.reason),
        settled = coalesce(c.settled, m.settled), settlement_steps = coalesce(c.settlement_steps, m.settlement_steps),
        paid = coalesce(c.paid, m.paid)
      from jsonb_to_recordset(${sql.json(rows)}) as c (market int, seq bigint, changed_at bigint, liquidity bigint,
        status smallint,
        close_time bigint, dispute_until bigint, payouts int[], closing_prices int[], closing_sources int[],
        resolved_at bigint, reason text, settled int, settlement_steps int, paid bigint)
      where m.market = c.market and exists (select from head)`;
  }
}
