import { setTimeout as pause } from 'node:timers/promises';
import type * as z from 'zod';
import { marketView, settlementView } from '../../src/protocol/httpViews.ts';
import { type HttpClient, HttpError } from '../../src/sdk/index.ts';
import { mapWide } from './lanes.ts';
import { patiently } from './patience.ts';
import type { Progress } from './progress.ts';
import type { Question } from './questions.ts';

/** The real close times are long past; the replay closes each market itself. 2100-01-01. */
const CLOSE_TIME_MS = Date.UTC(2100, 0, 1);
const MARKETS_WIDTH = 8;
/** Between two looks at a settlement, and how long one may take. */
const POLL_MS = 50;
const SETTLEMENT_TIMEOUT_MS = 120_000;

const existingMarket = marketView.pick({ status: true, outcomes: true });
const settlementProgress = settlementView.pick({ holders: true, paid: true, progress: true });
type MarketStatus = z.infer<typeof existingMarket>['status'];

/** What became of one question. `ending` is the winning outcome, `voided`, or `open` where the data has no outcome. */
export interface Settlement {
  market: string;
  title: string;
  ending: string;
  holders: number;
  paid: string;
}

/** Creates each question's market. Gives the status of those that were there before, by market id. */
export async function createMarkets(
  operator: HttpClient,
  questions: readonly Question[],
  { prefix, progress }: { prefix: string; progress: Progress },
): Promise<Map<string, MarketStatus>> {
  const existing = new Map<string, MarketStatus>();
  progress.begin('markets', questions.length);
  await mapWide(questions, MARKETS_WIDTH, async (question) => {
    const { market: id, title, criteria, outcomes } = question;
    const source = `Question ${question.id}`;
    const body = { id, title, criteria, source, category: prefix, outcomes, type: 'book', closeTime: CLOSE_TIME_MS };
    const created = await unlessConflict(() => operator.post('/markets', { ...body, tickSize: '0.01' }));
    if (!created) existing.set(id, await statusOf(operator, question));
    progress.tick();
  });
  progress.end();
  return existing;
}

async function statusOf(operator: HttpClient, { market, outcomes }: Question): Promise<MarketStatus> {
  const view = existingMarket.parse(await patiently(() => operator.get(`/markets/${market}`)));
  if (view.outcomes.map(({ outcome }) => outcome).join() !== outcomes.join()) {
    throw new Error(`market ${market} is there already, with other outcomes: choose another --prefix`);
  }
  return view.status;
}

/** Closes every question, resolves or voids it by its real ending, and waits until everybody is paid. */
export async function settleMarkets(
  operator: HttpClient,
  questions: readonly Question[],
  progress: Progress,
): Promise<Settlement[]> {
  progress.begin('settlement', questions.length);
  const settlements = await mapWide(questions, MARKETS_WIDTH, async (question) => {
    const settlement = await settle(operator, question);
    progress.tick();
    return settlement;
  });
  progress.end();
  return settlements;
}

async function settle(operator: HttpClient, question: Question): Promise<Settlement> {
  const { market, title, ending } = question;
  if (ending === undefined) return { market, title, ending: 'open', holders: 0, paid: '0' };
  const status = await statusOf(operator, question);
  if (status === 'open' || status === 'halted')
    await unlessConflict(() => operator.post(`/markets/${market}/close`, {}));
  // A market that has its ending already refuses another with a conflict: an earlier run gave it.
  if (ending === 'voided') {
    await unlessConflict(() => operator.post(`/markets/${market}/void`, { reason: 'the question was voided' }));
  } else if (status !== 'proposed' && status !== 'disputed' && status !== 'resolved') {
    await unlessConflict(() => operator.post(`/markets/${market}/resolve`, { outcome: ending.outcome }));
  }
  const { holders, paid } = await settled(operator, market);
  return { market, title, ending: ending === 'voided' ? ending : ending.outcome, holders, paid };
}

async function settled(operator: HttpClient, market: string): Promise<z.infer<typeof settlementProgress>> {
  const deadline = performance.now() + SETTLEMENT_TIMEOUT_MS;
  for (;;) {
    const view = settlementProgress.parse(await patiently(() => operator.get(`/markets/${market}/settlement`)));
    if (view.progress.finished) return view;
    if (performance.now() > deadline) throw new Error(`market ${market} is not settled: ${JSON.stringify(view)}`);
    await pause(POLL_MS);
  }
}

async function unlessConflict(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await patiently(call);
    return true;
  } catch (error) {
    if (error instanceof HttpError && error.status === 409) return false;
    throw error;
  }
}
