import { Engine } from '../../src/engines/engine.ts';
import type { MarketImage } from '../../src/engines/image.ts';
import { TIGHT_SPREAD_TICKS } from '../../src/engines/limits.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import type { Sql } from '../../src/persistence/postgres/connect.ts';

type Row = Record<string, unknown>;
export type Tables = Record<string, Row[]>;
const RESOLUTIONS = [1_000, 60_000, 3_600_000];

/**
 * The read model of a journal as one would write it down without a thought for speed: objects in maps, one command at a
 * time, prices from the engine’s own image of its books.
 */
export function expectedTables(journal: R.RecordBuffer): Tables {
  const engine = new Engine();
  const events = new R.RecordBuffer();
  const tables: Record<string, Map<string, Row>> = {};
  const put = (table: string, key: string, row: Row): void => {
    tables[table] ??= new Map();
    tables[table].set(key, { ...tables[table].get(key), ...row });
  };
  const get = (table: string, key: string): Row | undefined => tables[table]?.get(key);
  const prices = new Map<string, string>();
  const balances = new Map<number, number>();

  R.eachRecord(journal.i32, 0, journal.words, (command) => {
    events.clear();
    engine.apply(journal.i32, journal.f64, command, events);
    const all: number[] = [];
    R.eachRecord(events.i32, 0, events.words, (at) => all.push(at));
    const done = all.pop() as number;
    const int = (at: number, word: number): number => events.i32[at + word] as number;
    const float = (at: number, word: number): number => events.f64[(at + word) >> 1] as number;
    const seq = float(done, R.SEQ);
    const time = float(done, R.TIME);
    if (int(done, R.CODE) !== 0 || (int(done, E.DONE_FLAGS) & E.DUPLICATE) !== 0) return;

    const after = new Map<number, number>();
    const marketsOf = new Map<number, number | null>();
    /** Why the balance was first changed, not only held. */
    const causes = new Map<number, number>();
    for (const at of all) {
      const account = int(at, R.ACCOUNT);
      const market = int(at, R.MARKET);
      const next = at + int(at, R.LENGTH);
      const repeated = int(next, R.KIND) === E.EVENT.DONE && (int(next, E.DONE_FLAGS) & E.DUPLICATE) !== 0;
      if (int(at, R.KIND) === E.EVENT.ORDER && !repeated) {
        const terms = int(at, E.ORDER_TERMS);
        const length = int(at, E.ORDER_CLIENT_ID_LENGTH);
        put('orders', `${float(at, E.ORDER_ID)}`, {
          order_id: float(at, E.ORDER_ID),
          created_seq: float(at, E.ORDER_CREATED_SEQ),
          created_at: float(at, E.ORDER_CREATED_AT),
          seq,
          filled_micros: float(at, E.ORDER_FILLED_MICROS),
          fees: float(at, E.ORDER_FEES),
          account,
          market,
          price: int(at, E.ORDER_PRICE),
          size: int(at, E.ORDER_SIZE),
          filled: int(at, E.ORDER_FILLED),
          outcome: (terms >> 8) & 255,
          side: terms & 1,
          type: (terms >> 1) & 1,
          tif: (terms >> 2) & 7,
          status: int(at, E.ORDER_STATUS),
          reason: int(at, E.ORDER_REASON),
          post_only: (terms & E.POST_ONLY) !== 0,
          mirrored: (terms & E.MIRRORED) !== 0,
          expires_at: float(at, E.ORDER_EXPIRES_AT),
          stp: (terms >> 16) & 3,
          reduce_only: (terms & E.REDUCE_ONLY) !== 0,
          client_order_id: length === 0 ? null : C.readClientId(events.i32, at + E.ORDER_CLIENT_ID, length),
        });
      }
      if (int(at, R.KIND) === E.EVENT.TRADE) {
        const trade = {
          trade_id: float(at, E.TRADE_ID),
          seq,
          time,
          micros: float(at, E.TRADE_MICROS),
          market,
          price: int(at, E.TRADE_PRICE),
          lots: int(at, E.TRADE_LOTS),
          outcome: int(at, E.TRADE_OUTCOME),
          side: int(at, E.TRADE_SIDE),
          venue: int(at, E.TRADE_VENUE),
        };
        const flags = int(at, E.TRADE_FLAGS);
        const isSet = (flags & E.SET_FILL) !== 0;
        if (!isSet) put('trades', `${trade.trade_id}`, trade);
        const side = ({ party, ...row }: Row): void => put('fills', `${trade.trade_id} ${party}`, { ...trade, ...row });
        const taker = { account, order_id: float(at, E.TRADE_TAKER_ORDER), fee: float(at, E.TRADE_TAKER_FEE) };
        const rested = (flags & E.AUCTION) !== 0;
        if (account !== E.AMM && (flags & E.LEG) === 0)
          side({ ...taker, maker: rested, mirrored: (flags & 1) !== 0, party: 'taker' });
        if (int(at, E.TRADE_MAKER) >= 0) {
          const order_id = float(at, E.TRADE_MAKER_ORDER);
          const maker = { account: int(at, E.TRADE_MAKER), order_id, fee: float(at, E.TRADE_MAKER_FEE) };
          side({ ...maker, maker: true, side: 1 - trade.side, mirrored: (flags & 2) !== 0, party: 'maker' });
        }
        const price = trade.price > 0 ? trade.price * 100 : Math.round((trade.micros * 100) / trade.lots);
        for (const resolution of isSet ? [] : RESOLUTIONS) {
          const start = Math.floor(time / resolution) * resolution;
          const key = `${market} ${trade.outcome} ${resolution} ${start}`;
          const old = get('candles', key) as Record<string, number> | undefined;
          put('candles', key, {
            time: start,
            lots: (old?.lots ?? 0) + trade.lots,
            micros: (old?.micros ?? 0) + trade.micros,
            market,
            resolution,
            open: old?.open ?? price,
            high: Math.max(old?.high ?? price, price),
            low: Math.min(old?.low ?? price, price),
            close: price,
            trades: (old?.trades ?? 0) + 1,
            outcome: trade.outcome,
          });
        }
      }
      if (int(at, R.KIND) === E.EVENT.BALANCE) {
        const cause = int(at, E.BALANCE_CAUSE);
        const key = `${account} ${seq}`;
        const old = get('ledger', key);
        const balance = float(at, E.BALANCE_BALANCE);
        const before = balances.get(account) ?? 0;
        after.set(account, balance);
        if (float(at, E.BALANCE_DELTA) !== 0 && !causes.has(account)) causes.set(account, cause);
        // Where a batch moves money in several markets, none is named.
        if (float(at, E.BALANCE_DELTA) !== 0 && market >= 0) {
          const of = marketsOf.get(account);
          marketsOf.set(account, of === undefined || of === market ? market : null);
        }
        if (balance !== before || old !== undefined || cause === E.CAUSE.OPENED)
          put('ledger', key, {
            seq,
            time,
            delta: balance - before,
            balance,
            held: float(at, E.BALANCE_HELD),
            account,
            market: marketsOf.get(account) ?? null,
            cause: causes.get(account) ?? old?.cause ?? cause,
            reference: cause === E.CAUSE.DEPOSIT ? C.readText(journal.i32, command + C.AMOUNT + 2) : null,
          });
      }
      if (int(at, R.KIND) === E.EVENT.POSITION) {
        const outcome = int(at, E.POSITION_OUTCOME);
        put('positions', `${account} ${market} ${outcome}`, {
          shares: float(at, E.POSITION_SHARES),
          held: float(at, E.POSITION_HELD),
          cost: float(at, E.POSITION_COST),
          realized: float(at, E.POSITION_REALIZED),
          seq,
          account,
          market,
          outcome,
        });
      }
      if (int(at, R.KIND) === E.EVENT.AMM && journal.i32[command + R.KIND] === C.COMMAND.TOP_UP)
        put('markets', `${market}`, { seq, changed_at: time, liquidity: float(at, E.AMM_B) });
      if (int(at, R.KIND) === E.EVENT.MARKET || int(at, R.KIND) === E.EVENT.SETTLEMENT) {
        const image = engine.image().markets[market] as MarketImage;
        const old = get('markets', `${market}`);
        put('markets', `${market}`, {
          ...(old === undefined
            ? {
                ...{ market, slug: image.slug, type: C.MARKET_TYPE[image.type], outcomes: image.outcomes.length },
                ...{ tick_size: image.tickSize, liquidity: image.b, dispute_window: 0 },
                ...{ definition: JSON.stringify(image.definition), created_seq: seq, created_at: time },
              }
            : {}),
          seq,
          changed_at: time,
          status: image.status,
          close_time: image.closeTime,
          dispute_until: image.disputeUntil,
          payouts: image.payouts,
          closing_prices: image.closingPrices?.map((price) => price.millionths) ?? null,
          closing_sources: image.closingPrices?.map((price) => price.source) ?? null,
          resolved_at: old?.resolved_at ?? (image.status === 5 ? time : null),
          reason: image.reason.replace('\0', '\ufffd'),
          settled: image.settledHolders,
          settlement_steps: image.settledHolders > 0 ? image.settlementSteps : 0,
          paid: image.paid,
        });
      }
    }

    for (const [account, balance] of after) balances.set(account, balance);
    for (const image of engine.image().markets) {
      if (image.status >= 2) continue;
      image.outcomes.forEach((_, outcome) => {
        const [millionths, source] = priceOf(image, outcome);
        const name = `${image.market} ${outcome}`;
        if (prices.get(name) === `${millionths} ${source}`) return;
        prices.set(name, `${millionths} ${source}`);
        if (millionths === -1) return;
        for (const resolution of RESOLUTIONS) {
          const start = Math.floor(time / resolution) * resolution;
          const key = `${name} ${resolution} ${start}`;
          put('price_points', key, { time: start, seq, market: image.market, resolution, millionths, outcome, source });
        }
      });
    }
  });
  const head = { seq: engine.seq, digest: engine.digest, shard: 0 };
  const rows = Object.entries(tables).map(([table, map]) => [table, [...map.values()]] as const);
  return sorted({ ...Object.fromEntries(rows), read_model_head: [head] });
}

function priceOf(image: MarketImage, outcome: number): [number, number] {
  const mirrored = image.outcomes.length === 2 && outcome === 1;
  const of = mirrored ? 0 : outcome;
  const flip = (price: number): number => (mirrored ? 1_000_000 - price : price);
  const bid = image.books[of]?.bids[0]?.[0] ?? 0;
  const ask = image.books[of]?.asks[0]?.[0] ?? 0;
  if (bid > 0 && ask > 0 && ask - bid <= TIGHT_SPREAD_TICKS) return [flip((bid + ask) * 50), 1];
  if (image.ammMillionths.length > 0) return [image.ammMillionths[outcome] as number, 3];
  const last = image.last[of] as number;
  return last === -1 ? [-1, 0] : [flip(last), 2];
}

const TABLES = [
  'orders',
  'fills',
  'trades',
  'ledger',
  'positions',
  'markets',
  'candles',
  'price_points',
  'read_model_head',
];

/** All rows of the read model’s tables. */
export async function actualTables(sql: Sql): Promise<Tables> {
  const tables: Tables = {};
  for (const table of TABLES)
    tables[table] = (await sql<Row[]>`select * from brier.${sql(table)}`).map((row) => ({ ...row }));
  return sorted(tables);
}

function sorted(tables: Tables): Tables {
  const columns = (row: Row): Row => Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
  const texts = (rows: Row[]): string[] => rows.map((row) => JSON.stringify(columns(row))).sort();
  return Object.fromEntries(
    TABLES.map((table) => [table, texts(tables[table] ?? []).map((text) => JSON.parse(text) as Row)]),
  );
}
