import type { TradeRow } from '../../persistence/read-model/reads.ts';
import { formatMillionths, formatSize } from '../../protocol/units.ts';
import { candleView, INTERVAL_MS, type Interval } from '../market-data/candleView.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { fillPrice } from '../orders/orderJson.ts';
import { refusal } from '../orders/refusals.ts';
import { type HistoryDeps, type Page, page, type TradeKey } from './history.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';

/** How long public history waits for what was just traded; then it answers what there is. */
const PUBLIC_WAIT_MS = 1_000;

type Range = { from?: number | undefined; to?: number | undefined; limit: number };

/**
 * A market’s past, for everybody. Two outcomes on one book are kept as the first; the second is its mirror image: prices
 * from $1, sides and highs and lows exchanged.
 */
export class MarketHistory {
  private readonly deps: HistoryDeps & { clock: () => number };

  constructor(deps: HistoryDeps & { clock: () => number }) {
    this.deps = deps;
  }

  /** Newest first; without an outcome, as the book has them. */
  async trades(
    slug: string,
    query: { outcome?: string | undefined; before?: TradeKey | undefined; limit: number },
  ): Promise<Page<JsonObject, TradeKey> | Refusal> {
    const asked = this.find(slug, query.outcome);
    if (asked instanceof Refusal) return asked;
    const { market, kept, mirrored } = asked;
    await this.settle();
    const rows = await this.deps.reads.trades({
      market: market.market,
      ...(query.outcome !== undefined && { outcome: kept }),
      ...(query.before !== undefined && { before: query.before }),
      limit: query.limit + 1,
    });
    return page(
      rows,
      query.limit,
      (row) => tradeView(row, market, mirrored),
      ({ seq, tradeId }) => ({ seq, tradeId }),
    );
  }

  /** Oldest first, those that start in [from, to); by default the newest `limit` intervals. */
  async candles(
    slug: string,
    query: { outcome?: string | undefined; interval: Interval } & Range,
  ): Promise<JsonObject | Refusal> {
    const asked = this.find(slug, query.outcome);
    if (asked instanceof Refusal) return asked;
    const { market, outcome, kept, mirrored } = asked;
    await this.settle();
    const intervalMs = INTERVAL_MS[query.interval];
    const to = query.to ?? this.deps.clock() + 1;
    const from = query.from ?? Math.max(0, to - intervalMs * query.limit);
    const rows = await this.deps.reads.candles({
      market: market.market,
      outcome: kept,
      intervalMs,
      from,
      to,
      limit: query.limit,
    });
    const candles = rows.map((row) => candleView(row, mirrored));
    return { market: slug, outcome: market.outcomes[outcome], interval: query.interval, candles };
  }

  /** Oldest first: each outcome’s price from a time on, thinned evenly where there are more than `limit`. */
  async prices(slug: string, query: { outcome?: string | undefined } & Range): Promise<JsonObject | Refusal> {
    const asked = this.find(slug, query.outcome);
    if (asked instanceof Refusal) return asked;
    const { market, outcome } = asked;
    await this.settle();
    const rows = await this.deps.reads.prices({
      market: market.market,
      ...(query.outcome !== undefined && { outcome }),
      from: query.from ?? 0,
      to: query.to ?? this.deps.clock() + 1,
      limit: query.limit,
    });
    const prices = rows.map((row) => ({
      outcome: market.outcomes[row.outcome],
      price: formatMillionths(row.millionths),
      time: row.time,
      seq: row.seq,
    }));
    return { market: slug, prices };
  }

  private find(slug: string, name: string | undefined): Asked | Refusal {
    const market = this.deps.markets.bySlug(slug);
    if (market === undefined) return Refusal.of(refusal('UNKNOWN_MARKET', 'market'));
    const outcome = name === undefined ? 0 : market.outcomeIndex(name);
    if (outcome < 0) return Refusal.of(refusal('UNKNOWN_OUTCOME', 'outcome'));
    const mirrored = market.mirrors && outcome === 1;
    return { market, outcome, kept: mirrored ? 0 : outcome, mirrored };
  }

  private async settle(): Promise<void> {
    await this.deps.follower.waitFor(this.deps.port.seq, PUBLIC_WAIT_MS);
  }
}

/** `outcome` as asked, `kept` as the read model has it. */
type Asked = { market: MarketState; outcome: number; kept: number; mirrored: boolean };

const tradeView = (row: TradeRow, market: MarketState, mirrored: boolean): JsonObject => ({
  tradeId: String(row.tradeId),
  outcome: market.outcomes[row.outcome + (mirrored ? 1 : 0)],
  price: fillPrice(row.price, row.micros, row.lots, mirrored),
  size: formatSize(row.lots),
  side: (row.side === 1) === mirrored ? 'buy' : 'sell',
  venue: row.venue === 1 ? 'amm' : 'book',
  time: row.time,
  seq: row.seq,
});
