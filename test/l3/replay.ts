import type { Book, Fill } from './book.ts';
import type { Command } from './commands.ts';

/** A trade of the replay, and the line of the feed whose command made it. */
export type Replayed = Fill & { line: number };
export type Replay = {
  trades: Replayed[];
  /** Commands by kind, without those of orders that rested before the feed. */
  commands: Record<Command['kind'], number>;
  /** Orders that traded when they were placed or repriced. */
  aggressors: Set<number>;
  /** Cancellations of exactly what the venue says was left. */
  canceledAsTold: number;
  /** What the venue says is left after a fill: the same here, or less as it tells a sweep fill by fill. */
  leftAsTold: number;
  leftNotToldYet: number;
  /** Where the two books first differed: the replay ends there. */
  difference: string | undefined;
};

/** Sends each command into both books, which must trade the same and leave the same. `before` is called before each. */
export function replay(
  commands: readonly Command[],
  book: Book,
  reference: Book,
  before: (command: Command) => void,
): Replay {
  const done: Replay = {
    ...{ trades: [], commands: { place: 0, reprice: 0, cancel: 0, left: 0 }, aggressors: new Set() },
    ...{ canceledAsTold: 0, leftAsTold: 0, leftNotToldYet: 0, difference: undefined },
  };
  for (const command of commands) {
    before(command);
    const { kind, line, order, lots } = command;
    if (kind === 'cancel' && book.left(order) === lots) done.canceledAsTold++;
    const fills = send(book, command);
    const expected = send(reference, command);
    const touched = [order, ...fills.map(({ maker }) => maker)];
    done.difference ??= differenceOf(fills, expected) ?? leftDifference(touched, book, reference);
    if (done.difference !== undefined) {
      done.difference = `line ${line}, ${kind} of ${order}: ${done.difference}`;
      return done;
    }
    if (line >= 0) done.commands[kind]++;
    if (fills.length > 0) done.aggressors.add(order);
    for (const fill of fills) done.trades.push({ ...fill, line });
    if (kind === 'left' && book.left(order) === lots) done.leftAsTold++;
    else if (kind === 'left' && book.left(order) < lots) done.leftNotToldYet++;
  }
  return done;
}

/** Undefined: they are the same. */
export function differenceOf(ours: unknown, theirs: unknown): string | undefined {
  const [found, expected] = [JSON.stringify(ours), JSON.stringify(theirs)];
  return found === expected ? undefined : `${found} instead of ${expected}`;
}

const leftDifference = (orders: readonly number[], book: Book, reference: Book): string | undefined =>
  orders.map((order) => differenceOf(book.left(order), reference.left(order))).find((found) => found !== undefined);

function send(book: Book, { kind, order, side, tick, lots }: Command): Fill[] {
  if (kind === 'place') return book.place(order, side, tick, lots);
  if (kind === 'reprice') return book.reprice(order, tick, lots);
  if (kind === 'cancel') book.cancel(order);
  return [];
}
