import { join } from 'node:path';
import { readCsv } from './csv.ts';
import { inTime, OutcomeIndex, orderOf, type ReplayOrder, type Unmappable } from './orders.ts';
import { type Question, questionOf } from './questions.ts';

/** A folder of real questions and orders, as what is created and sent. */
export interface Dataset {
  questions: Question[];
  /** In the order in which they are sent. */
  orders: ReplayOrder[];
  /** Users who made at least one of the orders. */
  users: string[];
  /** Rows that are no order of any market, by reason. */
  unmappable: Map<Unmappable, number>;
}

/**
 * Reads questions.csv(.gz) and batch_limit_orders.csv(.gz). `limit` keeps that many questions, those traded first
 * before those never traded, and the orders on them.
 */
export function readDataset(folder: string, prefix: string, limit = Number.POSITIVE_INFINITY): Dataset {
  const questions = readCsv(join(folder, 'questions.csv')).map((row) => questionOf(row, prefix));
  const index = new OutcomeIndex(questions);
  const unmappable = new Map<Unmappable, number>();
  const orders: ReplayOrder[] = [];
  for (const row of readCsv(join(folder, 'batch_limit_orders.csv'))) {
    const order = orderOf(row, prefix, index);
    if (typeof order === 'string') unmappable.set(order, (unmappable.get(order) ?? 0) + 1);
    else orders.push(order);
  }
  orders.sort(inTime);
  const traded = new Map(
    orders
      .map(({ market }) => market)
      .toReversed()
      .map((market, i) => [market, -i]),
  );
  const ranked = questions.toSorted((a, b) => (traded.get(a.market) ?? 1) - (traded.get(b.market) ?? 1));
  const kept = ranked.slice(0, limit);
  const markets = new Set(kept.map(({ market }) => market));
  const sent = orders.filter(({ market }) => markets.has(market));
  return { questions: kept, orders: sent, users: [...new Set(sent.map(({ user }) => user))], unmappable };
}
