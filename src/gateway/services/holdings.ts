import type { Audit } from '../../engines/invariants.ts';
import type { QuoteJson } from '../../engines/queries/priceQuery.ts';
import type { QuotesJson } from '../../engines/queries/quotes.ts';
import type { AccountJson } from '../../engines/queries.ts';
import type { AccountView, Position } from '../../protocol/answers.ts';
import { formatMoney } from '../../protocol/units.ts';
import type { EnginePort, Reply } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import { encodeAccountQuery, encodeQuote, type QuoteFields } from '../orders/encode.ts';
import { encodeQuotesQuery } from '../orders/quotes.ts';
import { quotesView } from '../orders/quotesView.ts';
import { refusal } from '../orders/refusals.ts';
import { accountView, quoteFields } from '../sessions/operations/queries.ts';
import { auditRecord } from './commandRecords.ts';
import { engineRefusal } from './engineRefusal.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';

type Deps = { port: EnginePort; markets: MarketData };

/** What the engine answered; the type is that of the query asked, which is the engine’s own. */
async function ask<T>(port: EnginePort, at: number): Promise<T | Refusal> {
  const reply: Reply = await port.request(at);
  return engineRefusal(reply) ?? (reply.json as T);
}

/** Balance, positions and open orders as the engine has them now. */
export async function accountNow({ port, markets }: Deps, account: number): Promise<AccountView | Refusal> {
  const answer = await ask<AccountJson>(port, encodeAccountQuery(port, account));
  return answer instanceof Refusal ? answer : accountView(markets, answer);
}

export async function positionsNow(
  deps: Deps,
  account: number,
  market: string | undefined,
): Promise<{ positions: Position[]; seq: number } | Refusal> {
  const view = await accountNow(deps, account);
  if (view instanceof Refusal) return view;
  const positions = view.positions.filter((position) => market === undefined || position.market === market);
  return { positions, seq: view.seq };
}

/** Quotes as they rest, of all markets or of one, and all groups. */
export async function quotesNow(
  { port, markets }: Deps,
  account: number,
  slug: string | undefined,
): Promise<(ReturnType<typeof quotesView> & { seq: number }) | Refusal> {
  const market = slug === undefined ? undefined : markets.bySlug(slug);
  if (slug !== undefined && market === undefined) return Refusal.of(refusal('UNKNOWN_MARKET', 'market'));
  const reply = await port.request(encodeQuotesQuery(port, account));
  const refused = engineRefusal(reply);
  if (refused !== undefined) return refused;
  const { seq, time, json } = reply;
  return { ...quotesView(markets, account, json as QuotesJson, time, market?.market), seq };
}

/** What an order would cost or bring now, as a JSON text. */
export async function quoteNow({ port, markets }: Deps, fields: QuoteFields): Promise<string | Refusal> {
  const at = encodeQuote(port, markets.bySlug(fields.market), fields);
  if (typeof at !== 'number') return Refusal.of(at);
  const answer = await ask<QuoteJson>(port, at);
  return answer instanceof Refusal ? answer : `{${quoteFields(answer)}}`;
}

/** Where all money is, and whether it adds up: cash + held + escrow + amm + fees + house = deposits − withdrawals. */
export async function auditNow(port: EnginePort): Promise<JsonObject | Refusal> {
  type Counts = { seq: number; accounts: number; markets: number; orders: number };
  const answer = await ask<Audit & Counts>(port, auditRecord(port));
  if (answer instanceof Refusal) return answer;
  const { conserved, seq, accounts, markets, orders, ...micros } = answer;
  const money = Object.fromEntries(Object.entries(micros).map(([name, value]) => [name, formatMoney(value)]));
  return { ...money, conserved, accounts, markets, orders, seq };
}
