import type * as z from 'zod';
import { KEEP } from '../../engines/records/commands.ts';
import type { configureMarket } from '../../protocol/http.ts';
import { parseDecimal, parseSize, TICKS_PER_DOLLAR } from '../../protocol/units.ts';
import type { Identity } from '../auth/identity.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { refusal } from '../orders/refusals.ts';
import {
  closeTimeRecord,
  configureRecord,
  payoutsRecord,
  reasonRecord,
  stepRecord,
  topUpRecord,
} from './commandRecords.ts';
import { engineRefusal } from './engineRefusal.ts';
import { riskSettings } from './marketSettings.ts';
import type { JobsPort } from './ports.ts';
import { Refusal } from './refusal.ts';

/** `pending`: a job carries out the rest; `count`: how many of what the step is about it took, where it may take several. */
export type Step = { market: MarketState; seq: number; pending: boolean; count: number };
export type Resolution = { outcome: string } | { payouts: Readonly<Record<string, string>> };

/** Steps of a market’s life. The engine decides; jobs are told afterwards and do what takes long. */
export class Lifecycle {
  private readonly deps: LifecycleDeps;

  constructor(deps: LifecycleDeps) {
    this.deps = deps;
  }

  setCloseTime(by: Identity, slug: string, closeTime: number): Promise<Step | Refusal> {
    return this.step(slug, (port, market) => closeTimeRecord(port, by.account, market.market, closeTime));
  }

  /** With an auction, orders are collected from now on and uncrossed when trading resumes. */
  halt(by: Identity, slug: string, auction = false): Promise<Step | Refusal> {
    return this.step(slug, (port, market) => stepRecord(port, 'HALT', by.account, market.market, auction));
  }

  /** One command of an auction’s end fills so many orders at most, and counts them: it is repeated until none was left. */
  async resume(by: Identity, slug: string): Promise<Step | Refusal> {
    for (;;) {
      const step = await this.step(slug, (port, market) => stepRecord(port, 'RESUME', by.account, market.market));
      if (step instanceof Refusal || step.count === 0) return step;
    }
  }

  /** Risk settings of a market, and the book of a hybrid. */
  configure(by: Identity, slug: string, wish: z.output<typeof configureMarket>): Promise<Step | Refusal> {
    return this.step(slug, (port, market) => {
      if (wish.book === true && market.type !== 'hybrid')
        return new Refusal('INVALID_REQUEST', 'only a hybrid market’s book is switched on', { field: 'book' });
      const risk = riskSettings(wish, KEEP);
      if (risk instanceof Refusal) return risk;
      return configureRecord(port, by.account, market.market, risk, wish.book === true);
    });
  }

  /** Raises a maker’s b; the house pays. */
  topUp(by: Identity, slug: string, liquidity: string): Promise<Step | Refusal> {
    return this.step(slug, (port, market) => {
      if (!market.hasMaker) return Refusal.of(refusal('INVALID_REQUEST', 'liquidity'));
      return topUpRecord(port, by.account, market.market, parseSize(liquidity));
    });
  }

  /** Closed at once; resting orders beyond one command’s limit are canceled by the close job (`pending`). */
  close(by: Identity, slug: string): Promise<Step | Refusal> {
    return this.step(slug, (port, market) => stepRecord(port, 'CLOSE', by.account, market.market));
  }

  /** Proposes how the market ends; after the dispute window the settlement job pays. */
  async resolve(by: Identity, slug: string, resolution: Resolution): Promise<Step | Refusal> {
    const proposed = await this.step(slug, (port, market) => {
      const payouts = payoutTicks(market, resolution);
      return payouts instanceof Refusal ? payouts : payoutsRecord(port, 'RESOLVE', by.account, market.market, payouts);
    });
    return this.settled(proposed);
  }

  dispute(by: Identity, slug: string, reason: string): Promise<Step | Refusal> {
    return this.step(slug, (port, market) => reasonRecord(port, 'DISPUTE', by.account, market.market, reason));
  }

  /** Calls the market off; the settlement job refunds. */
  async void(by: Identity, slug: string, reason: string): Promise<Step | Refusal> {
    const voided = await this.step(slug, (port, market) =>
      reasonRecord(port, 'VOID', by.account, market.market, reason),
    );
    return this.settled(voided);
  }

  private async step(
    slug: string,
    encode: (port: EnginePort, market: MarketState) => number | Refusal,
  ): Promise<Step | Refusal> {
    const { port, markets, jobs } = this.deps;
    const market = markets.bySlug(slug);
    if (market === undefined) return Refusal.of(refusal('UNKNOWN_MARKET', 'market'));
    const at = encode(port, market);
    if (at instanceof Refusal) return at;
    const reply = await port.request(at);
    const refused = engineRefusal(reply);
    if (refused !== undefined) return refused;
    jobs.marketChanged(slug);
    const trading = market.status === 'open' || market.status === 'halted';
    return { market, seq: reply.seq, pending: !trading && market.openOrders > 0, count: reply.count };
  }

  private settled(step: Step | Refusal): Step | Refusal {
    if (step instanceof Refusal) return step;
    this.deps.jobs.settle(step.market.slug);
    return { ...step, pending: true };
  }
}

export type LifecycleDeps = { port: EnginePort; markets: MarketData; jobs: JobsPort };

/** Ticks paid per lot of each outcome: all to one, or as given, nothing to those left out. The engine checks the sum. */
export function payoutTicks(market: MarketState, resolution: Resolution): number[] | Refusal {
  const ticks = new Array<number>(market.outcomes.length).fill(0);
  const parts = 'outcome' in resolution ? { [resolution.outcome]: '1' } : resolution.payouts;
  for (const [name, part] of Object.entries(parts)) {
    const outcome = market.outcomeIndex(name);
    const field = 'outcome' in resolution ? 'outcome' : `payouts.${name}`;
    if (outcome < 0) return Refusal.of(refusal('UNKNOWN_OUTCOME', field));
    // 0 is a part like any other here, and is what `parseDecimal` gives for it.
    ticks[outcome] = parseDecimal(part, 4, TICKS_PER_DOLLAR);
  }
  return ticks;
}
