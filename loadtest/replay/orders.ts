import type { CsvRow } from './csv.ts';
import { plain, type Question } from './questions.ts';

/** One real order as it is sent. */
export interface ReplayOrder {
  clientOrderId: string;
  user: string;
  market: string;
  outcome: string;
  side: 'buy' | 'sell';
  price: string;
  size: string;
  /** When it was made, to the minute, as the file has it. */
  madeAtMs: number;
  /** What it could take at most from its user's money, in cents. */
  collateralCents: number;
}

/** Why a row of the orders is not sent. */
export type Unmappable = 'UNKNOWN_QUESTION' | 'UNKNOWN_OUTCOME' | 'AMBIGUOUS_OUTCOME' | 'MALFORMED';

/** An outcome text that was cut off in the file is taken if it begins exactly one option and is at least this long. */
const CUT_TEXT_LENGTH_MIN = 12;
const WHOLE_NUMBER = /^\d{1,9}$/;
const CLOCK = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4}) (\d{1,2}):(\d{2})$/;

/** Every outcome that an order on one question's number may name. */
type Named = { text: string; market: string; outcome: string };

/**
 * Orders name `1399` and either an option, or, on a conditional question, the condition of one branch: that buys or
 * sells the branch's YES, since a share of it pays if the branch happens and the answer is yes.
 */
export class OutcomeIndex {
  readonly #named = new Map<string, Named[]>();

  constructor(questions: readonly Question[]) {
    for (const { number, market, condition, options, outcomes } of questions) {
      const list = this.#named.get(number) ?? [];
      this.#named.set(number, list);
      if (condition !== undefined) list.push({ text: plain(condition), market, outcome: 'YES' });
      else options.forEach((option, i) => void list.push({ text: plain(option), market, outcome: outcomes[i] ?? '' }));
    }
  }

  find(number: string, outcome: string): Named | Unmappable {
    const named = this.#named.get(number);
    if (named === undefined) return 'UNKNOWN_QUESTION';
    const text = plain(outcome);
    let hits = named.filter((candidate) => candidate.text === text);
    if (hits.length === 0 && text.length >= CUT_TEXT_LENGTH_MIN) {
      hits = named.filter((candidate) => candidate.text.startsWith(text));
    }
    if (hits.length > 1) return 'AMBIGUOUS_OUTCOME';
    return hits[0] ?? 'UNKNOWN_OUTCOME';
  }
}

/** The order of one row of batch_limit_orders.csv, or why there is none. */
export function orderOf(row: CsvRow, prefix: string, index: OutcomeIndex): ReplayOrder | Unmappable {
  const [id, user, cents, size] = [
    row.get('order_id'),
    row.get('user_id'),
    row.get('price_cents'),
    row.get('quantity'),
  ];
  const side = row.get('side');
  const madeAtMs = timeOf(row.get('created_at'));
  if (side !== 'buy' && side !== 'sell') return 'MALFORMED';
  if (madeAtMs === undefined || ![id, user, cents, size].every((text) => WHOLE_NUMBER.test(text))) return 'MALFORMED';
  const found = index.find(row.get('ifp_id'), row.get('outcome'));
  if (typeof found === 'string') return found;
  return {
    clientOrderId: `${prefix}-${id}`,
    user,
    market: found.market,
    outcome: found.outcome,
    side,
    price: (Number(cents) / 100).toFixed(2),
    size,
    madeAtMs,
    collateralCents: Number(size) * (side === 'buy' ? Number(cents) : 100 - Number(cents)),
  };
}

/** `8/20/14 0:07`, month first, taken as UTC. */
function timeOf(text: string): number | undefined {
  const [, month, day, year, hour, minute] = (CLOCK.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined) return undefined;
  return Date.UTC(year < 100 ? 2000 + year : year, month - 1, day, hour, minute);
}

/** By time; the file tells minutes, within which the order's number decides. */
export const inTime = (a: ReplayOrder, b: ReplayOrder): number =>
  a.madeAtMs - b.madeAtMs || numberOf(a.clientOrderId) - numberOf(b.clientOrderId);

const numberOf = (clientOrderId: string): number => Number(clientOrderId.slice(clientOrderId.lastIndexOf('-') + 1));
