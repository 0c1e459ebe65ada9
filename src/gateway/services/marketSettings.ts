import type * as z from 'zod';
import type { KEEP } from '../../engines/records/commands.ts';
import type { createMarket } from '../../protocol/http.ts';
import { MICROS_PER_DOLLAR, parseDecimal, parseMoney, parsePrice, parseSize } from '../../protocol/units.ts';
import type { MarketTerms } from '../market-data/marketState.ts';
import type { MarketRisk } from './commandRecords.ts';
import { Refusal } from './refusal.ts';

type MarketWish = z.output<typeof createMarket>;
type MakerTerms = Pick<MarketTerms, 'hybridThreshold' | 'bands' | 'prior'>;

/** The maker’s prices stay within these by default. */
const BAND_MIN = '0.001';
const BAND_MAX = '0.999';

/** What a market maker is given besides its liquidity. The engine judges whether prior and bands make sense. */
export function makerTerms(wish: MarketWish, outcomes: readonly string[]): MakerTerms | Refusal {
  const { type, hybridThreshold, bands, prior } = wish;
  if (hybridThreshold !== undefined && type !== 'hybrid') return no('hybridThreshold', 'goes with hybrid markets');
  if (bands !== undefined && type === 'book') return no('bands', 'goes with market makers');
  if (prior !== undefined && type === 'book') return no('prior', 'goes with market makers');
  const terms: MakerTerms = {};
  if (hybridThreshold !== undefined) {
    terms.hybridThreshold = parseMoney(hybridThreshold);
    if (terms.hybridThreshold < 1)
      return no('hybridThreshold', 'must be above 0 and at most 1,000,000,000, to 6 decimals');
  }
  if (bands !== undefined) {
    const min = parseMillionths(bands.min ?? BAND_MIN);
    const max = parseMillionths(bands.max ?? BAND_MAX);
    if (min < 1 || max < 1) return no('bands', 'must be prices, to 6 decimals');
    terms.bands = { min, max };
  }
  if (prior !== undefined) {
    const list = Array.isArray(prior) ? prior : outcomes.map((name) => (Object.hasOwn(prior, name) ? prior[name] : ''));
    const count = Array.isArray(prior) ? prior.length : Object.keys(prior).length;
    if (count !== outcomes.length || list.includes('')) return no('prior', 'must give each outcome one probability');
    terms.prior = list as string[];
  }
  return terms;
}

const parseMillionths = (price: string): number => parseDecimal(price, 6, MICROS_PER_DOLLAR - 1);

type RiskWish = { collar?: string | null; maxOrderSize?: string | null; positionLimit?: string | null };

/** Risk settings as the engine takes them; `absent` for those that are not named, 0 for those that are null. */
export function riskSettings(
  wish: { [name in keyof RiskWish]: RiskWish[name] | undefined },
  absent: 0 | typeof KEEP,
): MarketRisk | Refusal {
  const word = (value: string | null | undefined, parse: (text: string) => number): number =>
    value === undefined ? absent : value === null ? 0 : parse(value);
  const risk = {
    collar: word(wish.collar, parsePrice),
    orderLots: word(wish.maxOrderSize, parseSize),
    positionLots: word(wish.positionLimit, parseSize),
  };
  const valid = (value: number, given: string | null | undefined): boolean => typeof given !== 'string' || value >= 1;
  if (!valid(risk.collar, wish.collar)) return no('collar', 'must be above 0 and below 1, to 4 decimals');
  if (!valid(risk.orderLots, wish.maxOrderSize)) return no('maxOrderSize', IS_NO_SIZE);
  if (!valid(risk.positionLots, wish.positionLimit)) return no('positionLimit', IS_NO_SIZE);
  return risk;
}

const IS_NO_SIZE = 'must be a multiple of 0.01 above 0, at most 10 million';

const no = (field: string, problem: string) => new Refusal('INVALID_REQUEST', `${field} ${problem}`, { field });
