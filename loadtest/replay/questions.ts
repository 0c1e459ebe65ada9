import type { CsvRow } from './csv.ts';

/** How a question ends: by one of its outcomes, by nothing having counted, or not (it was still open). */
export type Ending = { outcome: string } | 'voided' | undefined;

/** One question, or one branch of a conditional one, as the market it becomes. */
export interface Question {
  /** `1399-2`: the question's number, and the branch. */
  id: string;
  /** `1399`: what orders name. */
  number: string;
  market: string;
  title: string;
  criteria: string;
  /** `If … beforehand`, where the question only counts then. */
  condition: string | undefined;
  /** Texts of the options, in the order of their letters; `outcomes[i]` is the name of `options[i]` on the exchange. */
  options: string[];
  outcomes: string[];
  ending: Ending;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const TITLE_LENGTH_MAX = 300;
const MARKET_ID = /^[a-z0-9-]{1,64}$/;

/**
 * Splits `If X :  (a) Yes, (b) No` into the condition (absent in most) and the options. The markers are looked for in
 * the order of their letters, since an option may itself hold commas and brackets. Throws if one is missing.
 */
export function parseOptions(text: string, count: number): { condition: string | undefined; options: string[] } {
  const bounds: { at: number; from: number }[] = [];
  let from = 0;
  for (const letter of LETTERS.slice(0, count)) {
    const marker = letter === 'a' ? '(a) ' : `, (${letter}) `;
    const at = text.indexOf(marker, from);
    if (at < 0) throw new Error(`option (${letter}) of ${count} is missing in ${JSON.stringify(text)}`);
    from = at + marker.length;
    bounds.push({ at, from });
  }
  const options = bounds.map(({ from }, i) => text.slice(from, bounds[i + 1]?.at).trim());
  const condition = text.slice(0, bounds[0]?.at).trim().replace(/\s*:$/, '');
  return { condition: condition === '' ? undefined : condition, options };
}

/** Yes and No become the binary market's YES and NO; anything else keeps its letter, with the text in the criteria. */
function outcomeNames(options: string[]): string[] {
  const upper = options.map((option) => option.toUpperCase());
  const binary = options.length === 2 && upper.includes('YES') && upper.includes('NO');
  return binary ? upper : options.map((_, i) => LETTERS.charAt(i));
}

/** The market of one row of questions.csv. Throws with the line if the row makes no sense. */
export function questionOf(row: CsvRow, prefix: string): Question {
  const id = row.get('ifp_id');
  const { condition, options } = parseOptions(row.get('options'), Number(row.get('n_opts')));
  const outcomes = outcomeNames(options);
  const market = `${prefix}-${id.toLowerCase()}`;
  if (!MARKET_ID.test(market)) throw new Error(`line ${row.line}: ${market} cannot be a market id`);
  const text = row.get('q_text').trim();
  const list = options.map((option, i) => `${outcomes[i]}: ${option}`).join('\n');
  return {
    id,
    number: id.replace(/-\d+$/, ''),
    market,
    title: text.slice(0, TITLE_LENGTH_MAX),
    criteria: `${text}\n${condition === undefined ? '' : `Counts only: ${condition}; void otherwise.\n`}${list}`,
    condition,
    options,
    outcomes,
    ending: endingOf(row, outcomes),
  };
}

function endingOf(row: CsvRow, outcomes: string[]): Ending {
  const status = row.get('q_status');
  if (status === 'voided') return 'voided';
  if (status !== 'closed') return undefined;
  const outcome = outcomes[LETTERS.indexOf(row.get('outcome'))];
  if (outcome === undefined) throw new Error(`line ${row.line}: outcome "${row.get('outcome')}" is not an option`);
  return { outcome };
}

/** What two spellings of one text share: the files differ in footnote stars, tags, spaces and case. */
export const plain = (text: string): string =>
  text
    .replace(/<[^>]*>|\*/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
