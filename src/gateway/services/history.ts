import type { FollowerProgress, LedgerRow, Reads } from '../../persistence/read-model/reads.ts';
import type { OrderView } from '../../protocol/answers.ts';
import { formatMoney } from '../../protocol/units.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { orderNumber } from '../orders/encode.ts';
import { refusal } from '../orders/refusals.ts';
import { fillView, orderView } from '../orders/rows.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';

/** How long a read of history waits for the read model to have everything that was acknowledged before it. */
const HISTORY_WAIT_MS = 1_000;
/** Fills that one order’s view carries, the oldest; the rest is on /fills. */
const ORDER_FILLS_MAX = 500;

export type HistoryDeps = {
  reads: Reads;
  follower: FollowerProgress;
  port: Pick<EnginePort, 'seq'>;
  markets: MarketData;
};

/** One page, and the key that the next one starts after; undefined on the last. */
export type Page<Item, Key> = { items: Item[]; next: Key | undefined };
export type TradeKey = { seq: number; tradeId: number };
type FillKey = TradeKey & { orderId: number };

/** What an account did: it sees whatever it was told of before it asked (read your writes). */
export class History {
  private readonly deps: HistoryDeps;

  constructor(deps: HistoryDeps) {
    this.deps = deps;
  }

  async orders(
    account: number,
    query: {
      market?: string | undefined;
      status?: 'open' | 'closed' | undefined;
      before?: number | undefined;
      limit: number;
    },
  ): Promise<Page<OrderView, number> | Refusal> {
    const { reads } = this.deps;
    const market = this.market(query.market);
    const late = market instanceof Refusal ? market : await this.caughtUp();
    if (late !== undefined) return late;
    const rows = await reads.orders({
      account,
      ...numbered(market),
      ...(query.status !== undefined && { open: query.status === 'open' }),
      ...(query.before !== undefined && { before: query.before }),
      limit: query.limit + 1,
    });
    return page(
      rows,
      query.limit,
      (row) => orderView(row, this.marketOf(row)),
      (row) => row.createdSeq,
    );
  }

  /** An order, open or finished, with its fills. */
  async order(account: number, orderId: string): Promise<OrderView | Refusal> {
    const { reads } = this.deps;
    const late = await this.caughtUp();
    if (late !== undefined) return late;
    const number = orderNumber(orderId);
    const row = number === 0 ? null : await reads.order({ account, orderId: number });
    if (row === null) return Refusal.of(refusal('UNKNOWN_ORDER', 'orderId'));
    const fills = await reads.orderFills({ account, orderId: number, limit: ORDER_FILLS_MAX });
    return orderView(row, this.marketOf(row), fills);
  }

  async fills(
    account: number,
    query: { market?: string | undefined; orderId?: string | undefined; before?: FillKey | undefined; limit: number },
  ): Promise<Page<JsonObject, FillKey> | Refusal> {
    const { reads } = this.deps;
    const market = this.market(query.market);
    const late = market instanceof Refusal ? market : await this.caughtUp();
    if (late !== undefined) return late;
    const rows = await reads.fills({
      account,
      ...numbered(market),
      ...(query.orderId !== undefined && { orderId: orderNumber(query.orderId) }),
      ...(query.before !== undefined && { before: query.before }),
      limit: query.limit + 1,
    });
    return page(
      rows,
      query.limit,
      (row) => {
        const market = this.marketOf(row);
        return {
          ...fillView(row),
          orderId: String(row.orderId),
          ...(row.clientOrderId !== null && { clientOrderId: row.clientOrderId }),
          market: market.slug,
          ...market.clientTerms(row.outcome, row.side, row.mirrored),
          time: row.time,
          seq: row.seq,
        };
      },
      ({ seq, tradeId, orderId }) => ({ seq, tradeId, orderId }),
    );
  }

  /** Every change of the balance, newest first. */
  async ledger(
    account: number,
    query: { before?: number | undefined; limit: number },
  ): Promise<Page<JsonObject, number> | Refusal> {
    const late = await this.caughtUp();
    if (late !== undefined) return late;
    const rows = await this.deps.reads.ledger({
      account,
      ...(query.before !== undefined && { before: query.before }),
      limit: query.limit + 1,
    });
    return page(
      rows,
      query.limit,
      (row) => this.ledgerEntry(row),
      (row) => row.seq,
    );
  }

  private ledgerEntry(row: LedgerRow): JsonObject {
    return {
      seq: row.seq,
      time: row.time,
      cause: LEDGER_CAUSES[row.cause],
      change: formatMoney(row.delta),
      balance: formatMoney(row.balance),
      held: formatMoney(row.held),
      ...(row.market !== null && { market: this.marketOf({ market: row.market }).slug }),
      ...(row.reference !== null && { reference: row.reference }),
    };
  }

  private async caughtUp(): Promise<Refusal | undefined> {
    const { follower, port } = this.deps;
    if (await follower.waitFor(port.seq, HISTORY_WAIT_MS)) return undefined;
    return new Refusal('UNAVAILABLE', 'History has not caught up with the exchange yet', {
      retryAfterMs: HISTORY_WAIT_MS,
    });
  }

  private market(slug: string | undefined): MarketState | undefined | Refusal {
    if (slug === undefined) return undefined;
    return this.deps.markets.bySlug(slug) ?? Refusal.of(refusal('UNKNOWN_MARKET', 'market'));
  }

  /** History is behind the engine’s events, never ahead: every market in it is known. */
  private marketOf(row: { market: number }): MarketState {
    return this.deps.markets.markets[row.market] as MarketState;
  }
}

/** In the order of CAUSE. */
const LEDGER_CAUSES = ['opened', 'deposit', 'trade', 'hold', 'payout', 'refund', 'funding', 'cover', 'fee'] as const;

const numbered = (market: MarketState | undefined | Refusal): { market?: number } =>
  market === undefined || market instanceof Refusal ? {} : { market: market.market };

/** `rows` are one more than a page holds, where there are that many. */
export function page<Row, Item, Key>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => Item,
  key: (row: Row) => Key,
): Page<Item, Key> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), next: rows.length > limit && last !== undefined ? key(last) : undefined };
}
