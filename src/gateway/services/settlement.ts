import type { SettlementJson } from '../../engines/queries.ts';
import { MARKET_STATUSES } from '../../engines/records/events.ts';
import type { Sql } from '../../persistence/postgres/connect.ts';
import { usernames } from '../../persistence/users/users.ts';
import { formatMoney, formatPrice } from '../../protocol/units.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import { refusal } from '../orders/refusals.ts';
import { payoutsRecord } from './commandRecords.ts';
import { engineRefusal } from './engineRefusal.ts';
import type { JsonObject } from './json.ts';
import { payoutTicks } from './lifecycle.ts';
import { Refusal } from './refusal.ts';

/**
 * What settling on `outcome` would pay (a dry run), or how far the decided settlement is, with the proof that it is exact.
 * All of it is the engine's one answer: what the gateway knows of the market goes on while that is on its way.
 */
export async function settlementReport(
  deps: { port: EnginePort; markets: MarketData; sql: Sql },
  slug: string,
  outcome: string | undefined,
): Promise<JsonObject | Refusal> {
  const market = deps.markets.bySlug(slug);
  if (market === undefined) return Refusal.of(refusal('UNKNOWN_MARKET', 'market'));
  const payouts = outcome === undefined ? [] : payoutTicks(market, { outcome });
  if (payouts instanceof Refusal) return payouts;
  const reply = await deps.port.request(payoutsRecord(deps.port, 'QUERY_SETTLEMENT', 0, market.market, payouts));
  const refused = engineRefusal(reply);
  if (refused !== undefined) return refused;
  const answer = reply.json as SettlementJson; // what QUERY_SETTLEMENT answers
  const names = await usernames(
    deps.sql,
    answer.top.map(({ account }) => account),
  );
  return {
    market: slug,
    status: MARKET_STATUSES[answer.status],
    ...(answer.payouts !== null && {
      payouts: Object.fromEntries(answer.payouts.map((ticks, i) => [market.outcomes[i], formatPrice(ticks)])),
    }),
    dryRun: outcome !== undefined,
    holders: answer.holders,
    settled: answer.settled,
    paid: formatMoney(answer.paid),
    totalPayout: formatMoney(answer.totalPayout),
    escrow: formatMoney(answer.escrow),
    amm: formatMoney(answer.amm),
    house: formatMoney(answer.house),
    owed: formatMoney(answer.owed),
    conserved: answer.conserved,
    progress: { steps: answer.steps, done: answer.cursor, paid: formatMoney(answer.paid), finished: answer.done },
    top: answer.top.map(({ account, payout }) => ({
      account: names.get(account) ?? String(account),
      payout: formatMoney(payout),
    })),
  };
}
