import { expect } from 'vitest';
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
  /** What the venue said was left after a fill: the same here, or still to come there because it tells a sweep fill by fill. */
  leftAsTold: number;
  leftStillToCome: number;
};

/** Sends a command into a book. */
export function send(book: Book, { kind, order, side, tick, lots }: Command): Fill[] {
  if (kind === 'place') return book.place(order, side, tick, lots);
  if (kind === 'reprice') return book.reprice(order, tick, lots);
  if (kind === 'cancel') book.cancel(order);
  return [];
}

/** Sends each command into both books, which must trade the same and leave the same. */
export function replay(
  commands: readonly Command[],
  book: Book,
  reference: Book,
  before: (command: Command) => void,
): Replay {
  const done: Replay = {
    ...{ trades: [], commands: { place: 0, reprice: 0, cancel: 0, left: 0 }, aggressors: new Set() },
    ...{ canceledAsTold: 0, leftAsTold: 0, leftStillToCome: 0 },
  };
  for (const command of commands) {
    before(command);
    const { kind, line, order, lots } = command;
    if (kind === 'cancel' && book.left(order) === lots) done.canceledAsTold++;
    const fills = send(book, command);
    expect(fills, `line ${line}`).toEqual(send(reference, command));
    expect(book.left(order), `line ${line}`).toBe(reference.left(order));
    if (line >= 0) done.commands[kind]++;
    if (fills.length > 0) done.aggressors.add(order);
    for (const fill of fills) {
      expect(book.left(fill.maker), `line ${line}`).toBe(reference.left(fill.maker));
      done.trades.push({ ...fill, line });
    }
    if (kind === 'left' && book.left(order) === lots) done.leftAsTold++;
    else if (kind === 'left' && book.left(order) < lots) done.leftStillToCome++;
  }
  return done;
}
