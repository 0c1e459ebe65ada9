import type * as z from 'zod';
import type { marketSummary, marketsView } from '../../src/protocol/http.ts';
import { type HttpClient, HttpError } from '../../src/sdk/index.ts';

type MarketSummary = z.output<typeof marketSummary>;

/** What is quoted: an outcome of a market. Of two outcomes the first says all. */
export type Instrument = { key: string; market: string; outcome: string; tick: number };

/** A market that was named takes no quotes: its market maker is alone. */
export class WithoutBook extends Error {
  override name = 'WithoutBook';
}

/** Instruments in one mass quote at most. */
const INSTRUMENTS_MAX = 100;

/** The markets of these ids, each of which must have its book, or, without ids, the newest `count` hybrids that have it. */
export async function findInstruments(api: HttpClient, ids: readonly string[], count: number): Promise<Instrument[]> {
  const markets: MarketSummary[] = [];
  for (const id of ids) {
    const market = await api.get<MarketSummary>(`/markets/${id}`);
    if (market.type !== 'book' && market.book !== true) throw new WithoutBook(`market ${id} has no book to quote on`);
    markets.push(market);
  }
  for (let cursor = ''; ids.length === 0 && markets.length < count; ) {
    const page = await api.get<z.output<typeof marketsView>>(`/markets?type=hybrid&status=open&limit=100${cursor}`);
    markets.push(...page.markets.filter(({ book }) => book === true));
    if (page.nextCursor === undefined) break;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
  const chosen = ids.length > 0 ? markets : markets.slice(0, count);
  return chosen.flatMap(instrumentsOf).slice(0, INSTRUMENTS_MAX);
}

function instrumentsOf({ id, tickSize, outcomes }: MarketSummary): Instrument[] {
  const quoted = outcomes.length === 2 ? outcomes.slice(0, 1) : outcomes;
  return quoted.map(({ outcome }) => ({ key: keyOf(id, outcome), market: id, outcome, tick: Number(tickSize) }));
}

export const keyOf = (market: string, outcome: string): string => `${market} ${outcome}`;

/** Logs in; an account that does not exist yet is created. */
export async function logIn(api: HttpClient, username: string, password: string): Promise<string> {
  const credentials = { username, password };
  const token = (path: string) =>
    api.post<{ accessToken: string }>(path, credentials).then(({ accessToken }) => accessToken);
  try {
    return await token('/auth/login');
  } catch (refused) {
    if (!(refused instanceof HttpError) || refused.code !== 'UNAUTHENTICATED') throw refused;
    return token('/auth/register').catch((error: unknown) => {
      // The name is somebody’s: then it was the password.
      throw error instanceof HttpError && error.code === 'CONFLICT' ? refused : error;
    });
  }
}
