import { AMM_PRICE_MAX, AMM_PRICE_MIN, LIMITS } from '../limits.ts';
import { comparePrice, priorQuantities } from '../lmsr/lmsr.ts';
import type { MarketTerms } from '../market.ts';
import * as C from '../records/commands.ts';
import type { Field } from '../records/events.ts';

export const OUTCOMES_MAX = 64;
const FEE_MAX = 1_000;
const COLLAR_MAX = 9_999;

/** What CREATE_MARKET says of a market, beside its terms. */
export type Opening = {
  terms: MarketTerms;
  closeTime: number;
  b: number;
  /** Quantities that the maker starts from: even, or those of the prior. */
  q: Float64Array;
  risk: Risk;
};
export type Risk = { collar: number; orderLots: number; positionLots: number };

/** Reads a CREATE_MARKET; the field at fault if something in it is not valid, in the order in which they are checked. */
export function readOpening(i32: Int32Array, f64: Float64Array, at: number, time: number): Opening | Field {
  const float = (word: number): number => f64[(at + word) >> 1] as number;
  const int = (word: number): number => i32[at + word] as number;
  const definitionAt = C.afterText(i32, at + C.CREATE_TEXT);
  const terms: MarketTerms = {
    slug: C.readText(i32, at + C.CREATE_TEXT),
    definition: C.readText(i32, definitionAt),
    type: int(C.CREATE_TYPE),
    outcomes: int(C.CREATE_OUTCOMES),
    tickSize: int(C.CREATE_TICK_SIZE),
    disputeWindow: float(C.CREATE_DISPUTE_WINDOW),
    hybridThreshold: float(C.CREATE_HYBRID_THRESHOLD),
    takerFee: int(C.CREATE_TAKER_FEE),
    makerFee: int(C.CREATE_MAKER_FEE),
    feeBase: int(C.CREATE_FEE_BASE),
    bandMin: int(C.CREATE_BAND_MIN) || AMM_PRICE_MIN,
    bandMax: int(C.CREATE_BAND_MAX) || AMM_PRICE_MAX,
  };
  const closeTime = float(C.CREATE_CLOSE_TIME);
  const b = float(C.CREATE_LIQUIDITY);
  const fault = faultOfTerms(terms, closeTime > time, b);
  if (fault !== '') return fault;
  const prior = C.readText(i32, C.afterText(i32, definitionAt));
  const q = initialQuantities(terms, b, prior);
  if (q === null) return 'prior';
  if (terms.type !== C.MARKET_TYPE.book && !withinBand(q, b, terms)) return 'bands';
  const risk = readRisk(i32, at + C.CREATE_RISK, NO_RISK);
  return risk === null ? 'size' : { terms, closeTime, b, q, risk };
}

function faultOfTerms(terms: MarketTerms, closesLater: boolean, b: number): Field {
  const { type, outcomes, tickSize, hybridThreshold, takerFee, makerFee, feeBase, bandMin, bandMax } = terms;
  if (type !== C.MARKET_TYPE.book && type !== C.MARKET_TYPE.lmsr && type !== C.MARKET_TYPE.hybrid) return 'type';
  if (outcomes < 2 || outcomes > OUTCOMES_MAX) return 'outcome';
  if (tickSize < 1 || tickSize > 5_000 || 10_000 % tickSize !== 0) return 'tickSize';
  if (!closesLater) return 'closeTime';
  if (type === C.MARKET_TYPE.book ? b !== 0 : !isLiquidity(b)) return 'liquidity';
  if (!(hybridThreshold >= 0) || (hybridThreshold > 0 && type !== C.MARKET_TYPE.hybrid)) return 'hybridThreshold';
  if (takerFee < 0 || takerFee > FEE_MAX || makerFee < -takerFee || makerFee > FEE_MAX) return 'fees';
  if (feeBase !== C.FEE_BASE.notional && feeBase !== C.FEE_BASE.variance) return 'fees';
  return 0 < bandMin && bandMin < bandMax && bandMax < 1_000_000 ? '' : 'bands';
}

/** Is it a maker's b, in lots? */
export const isLiquidity = (b: number): boolean => Number.isInteger(b) && b >= 1 && b <= LIMITS.orderLots;

/** Null where the prior is not one of this market: decimals with commas, one for each outcome, that sum to 1. */
function initialQuantities(terms: MarketTerms, b: number, prior: string): Float64Array | null {
  if (prior === '') return new Float64Array(terms.outcomes);
  if (terms.type === C.MARKET_TYPE.book) return null;
  const probabilities = prior.split(',');
  return probabilities.length === terms.outcomes ? priorQuantities(probabilities, b) : null;
}

function withinBand(q: Float64Array, b: number, { outcomes, bandMin, bandMax }: MarketTerms): boolean {
  for (let i = 0; i < outcomes; i++)
    if (comparePrice(q, outcomes, b, i, bandMin) < 0 || comparePrice(q, outcomes, b, i, bandMax) > 0) return false;
  return true;
}

const NO_RISK: Risk = { collar: 0, orderLots: 0, positionLots: 0 };

/** The three risk settings at word `at`; KEEP leaves one as it is. Null where one is out of range. */
export function readRisk(i32: Int32Array, at: number, kept: Risk): Risk | null {
  const value = (word: number, keep: number): number => (i32[word] === C.KEEP ? keep : (i32[word] as number));
  const collar = value(at, kept.collar);
  const orderLots = value(at + 1, kept.orderLots);
  const positionLots = value(at + 2, kept.positionLots);
  if (collar < 0 || collar > COLLAR_MAX) return null;
  if (orderLots < 0 || orderLots > LIMITS.orderLots || positionLots < 0) return null;
  return { collar, orderLots, positionLots };
}
