import { createHash } from 'node:crypto';
import type * as z from 'zod';
import { RECORD_WORDS_MAX } from '../../engines/records/buffer.ts';
import { FEE_BASE, MARKET_TYPE } from '../../engines/records/commands.ts';
import type { createMarket } from '../../protocol/http.ts';
import { LOTS_PER_SHARE, parsePrice, parseSize } from '../../protocol/units.ts';
import type { Identity } from '../auth/identity.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState, MarketTerms } from '../market-data/marketState.ts';
import { createMarketRecord, createMarketWords, type NewMarket } from './commandRecords.ts';
import { engineRefusal } from './engineRefusal.ts';
import { makerTerms, riskSettings } from './marketSettings.ts';
import type { JobsPort } from './ports.ts';
import { Refusal } from './refusal.ts';

const BINARY_OUTCOMES = ['YES', 'NO'];
const DEFAULT_TICK_SIZE = 100;
/** b of a maker when nobody says: two outcomes then cost the house $69 at worst. */
const DEFAULT_LIQUIDITY = 100 * LOTS_PER_SHARE;

type MarketWish = z.output<typeof createMarket>;
export type MarketCreationDeps = { port: EnginePort; markets: MarketData; jobs: JobsPort; clock: () => number };

/** Creates and opens a market; a maker is funded by the house. */
export async function openMarket(
  deps: MarketCreationDeps,
  by: Identity,
  wish: MarketWish,
): Promise<{ market: MarketState; seq: number } | Refusal> {
  const market = newMarket(wish, by, deps.clock());
  if (market instanceof Refusal) return market;
  if (createMarketWords(market) > RECORD_WORDS_MAX) {
    return new Refusal('INVALID_REQUEST', 'The market’s texts are too long', {
      field: 'criteria',
      limit: { name: 'marketRecordBytes', value: RECORD_WORDS_MAX * 4 },
    });
  }
  const reply = await deps.port.request(createMarketRecord(deps.port, by.account, market));
  const refused = engineRefusal(reply);
  if (refused !== undefined) return refused;
  const state = deps.markets.bySlug(wish.id);
  if (state === undefined) throw new Error(`market ${wish.id} was created, but nobody heard of it`);
  deps.jobs.marketChanged(wish.id);
  return { market: state, seq: reply.seq };
}

function newMarket(wish: MarketWish, by: Identity, now: number): NewMarket | Refusal {
  const outcomes = wish.outcomes ?? BINARY_OUTCOMES;
  const maker = makerTerms(wish, outcomes);
  if (maker instanceof Refusal) return maker;
  const risk = riskSettings(wish, 0);
  if (risk instanceof Refusal) return risk;
  const tickSize = wish.tickSize === undefined ? DEFAULT_TICK_SIZE : parsePrice(wish.tickSize);
  const type = MARKET_TYPE[wish.type];
  const liquidity =
    wish.liquidity !== undefined ? parseSize(wish.liquidity) : wish.type === 'book' ? 0 : DEFAULT_LIQUIDITY;
  const { fees } = wish;
  const definition: MarketTerms = {
    title: wish.title,
    criteria: wish.criteria,
    criteriaHash: createHash('sha256').update(wish.criteria).digest('hex'),
    ...(wish.source !== undefined && { source: wish.source }),
    ...(wish.category !== undefined && { category: wish.category }),
    outcomes,
    ...(fees && (fees.taker !== 0 || fees.maker !== 0) && { fees }),
    ...maker,
    createdBy: by.username,
    createdAt: now,
  };
  return {
    slug: wish.id,
    definition: JSON.stringify(definition),
    type,
    outcomes: outcomes.length,
    tickSize,
    closeTime: wish.closeTime,
    liquidity,
    disputeWindowMs: wish.disputeWindowMs ?? 0,
    ...maker,
    ...(fees && { fees: { ...fees, base: FEE_BASE[fees.base] } }),
    risk,
  };
}
