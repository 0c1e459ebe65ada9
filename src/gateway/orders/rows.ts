import { CANCEL_REASONS, type Fill, type OrderView, type Position } from '../../protocol/answers.ts';
import { formatAveragePrice, formatMoney, formatPrice, formatSize, TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import { selfTradePrevention, timeInForce } from '../../protocol/wire.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { clientMoney, fillPrice } from './orderJson.ts';

/** An order as QUERY_ORDER, QUERY_ACCOUNT and the read model give it, in the terms of the book. */
export type OrderValues = {
  orderId: number;
  market: number;
  outcome: number;
  side: number;
  type: number;
  tif: number;
  postOnly: boolean;
  reduceOnly: boolean;
  /** one of STP */
  stp: number;
  /** ms, 0 none */
  expiresAt: number;
  mirrored: boolean;
  /** ticks, 0 none */
  price: number;
  size: number;
  filled: number;
  status: number;
  reason: number;
  filledMicros: number;
  fees: number;
  createdAt: number;
  seq: number;
  clientOrderId: string | null;
};

/** One party’s part of a trade, in the terms of the book. */
export type FillValues = {
  tradeId: number;
  mirrored: boolean;
  price: number;
  lots: number;
  micros: number;
  fee: number;
  maker: boolean;
  venue: number;
};

/** One outcome of QUERY_ACCOUNT’s positions or of the read model: lots and micros. */
export type PositionValues = {
  market: number;
  outcome: number;
  shares: number;
  held: number;
  cost: number;
  realized: number;
};

/** The order in its client’s terms: the same view as `orderJson` makes of a record. */
export function orderView(row: OrderValues, market: MarketState, fills?: readonly FillValues[]): OrderView {
  const { mirrored, expiresAt, stp } = row;
  const { outcome, side, against } = market.clientTerms(row.outcome, row.side, mirrored);
  return {
    orderId: String(row.orderId),
    ...(row.clientOrderId !== null && { clientOrderId: row.clientOrderId }),
    market: market.slug,
    outcome,
    ...(against && { against }),
    side,
    type: row.type === 1 ? 'market' : 'limit',
    ...(row.price > 0 && { price: formatPrice(mirrored ? TICKS_PER_DOLLAR - row.price : row.price) }),
    size: formatSize(row.size),
    filled: formatSize(row.filled),
    remaining: formatSize(row.size - row.filled),
    status: (['open', 'filled', 'canceled'] as const)[row.status as 0],
    ...(row.status === 2 && { reason: CANCEL_REASONS[row.reason as 0] }),
    tif: timeInForce.options[row.tif] ?? 'GTC',
    ...(expiresAt > 0 && { expiresAt }),
    ...(row.postOnly && { postOnly: true }),
    ...(row.reduceOnly && { reduceOnly: true }),
    ...(stp > 0 && { stp: selfTradePrevention.options[stp] }),
    ...(row.filled > 0 && {
      avgPrice: formatAveragePrice(clientMoney(row.filledMicros, row.filled, mirrored), row.filled),
    }),
    fees: formatMoney(row.fees),
    seq: row.seq,
    createdAt: row.createdAt,
    ...(fills !== undefined && { fills: fills.map(fillView) }),
  };
}

export function fillView(row: FillValues): Fill {
  return {
    tradeId: String(row.tradeId),
    price: fillPrice(row.price, row.micros, row.lots, row.mirrored),
    size: formatSize(row.lots),
    fee: formatMoney(row.fee),
    liquidity: row.maker ? 'maker' : 'taker',
    venue: row.venue === 1 ? 'amm' : 'book',
  };
}

/** `size` includes what is held; an outcome that one no longer has is `"0.00"` at an average of `"0.00"`. */
export function positionView(row: PositionValues, market: MarketState): Position {
  return {
    market: market.slug,
    outcome: market.outcomes[row.outcome] as string,
    size: formatSize(row.shares),
    held: formatSize(row.held),
    costBasis: formatMoney(row.cost),
    avgPrice: row.shares === 0 ? formatPrice(0) : formatAveragePrice(row.cost, row.shares),
    realizedPnl: formatMoney(row.realized),
  };
}
