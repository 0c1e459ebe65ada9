import type { TickLevel } from './book.ts';
import { centsOf } from './commands.ts';
import type { BookLine, Level, Side } from './feed.ts';
import type { OrderFlow } from './orders.ts';

/** How far the message that a printed book has already, or has not yet, may be from it, in lines. */
const NEAR = 4;

export type BookComparison = {
  books: number;
  /** Price levels within the printed ranges. */
  levels: number;
  same: number;
  /**
   * Levels that hold more in every printed book, and always as much more: orders that rested before the feed began and
   * that no message speaks of. `standing` are the levels, `onStanding` their appearances.
   */
  standing: number;
  onStanding: number;
  /** Levels printed as they were before a message near by, or as they will be after it. */
  raced: number;
  unexplained: string[];
};

type Seen = { line: number; excess: number };

/** Collects what printed books have more than ours, level by level, and then explains it. */
export class PrintedBooks {
  private readonly seen = new Map<string, Seen[]>();
  private books = 0;

  /** Compares a printed book with the whole book as it was then. Each side is printed as far as its last level. */
  compare(printed: BookLine, ours: { bids: TickLevel[]; asks: TickLevel[] }): void {
    this.books++;
    this.compareSide('buy', printed.line, printed.bids, ours.bids);
    this.compareSide('sell', printed.line, printed.asks, ours.asks);
  }

  explain(flow: OrderFlow): BookComparison {
    const moves = movesByLevel(flow);
    const found: BookComparison = {
      ...{ books: this.books, levels: 0, same: 0, standing: 0, onStanding: 0, raced: 0 },
      unexplained: [],
    };
    for (const [level, seen] of this.seen) {
      const near = moves.get(level) ?? [];
      const standing = seen.find((each) => each.excess > 0 && !raced(near, each))?.excess ?? 0;
      if (standing > 0) found.standing++;
      for (const { line, excess } of seen) {
        found.levels++;
        if (excess === standing) found[standing > 0 ? 'onStanding' : 'same']++;
        else if (raced(near, { line, excess: excess - standing })) found.raced++;
        else found.unexplained.push(`line ${line}: ${level} has ${excess} more`);
      }
    }
    return found;
  }

  private compareSide(side: Side, line: number, printed: readonly Level[], ours: readonly TickLevel[]): void {
    const last = printed.at(-1)?.[0] ?? 0;
    const excess = new Map(printed);
    for (const [tick, lots] of ours) {
      const cents = centsOf(tick);
      if (side === 'buy' ? cents >= last : cents <= last) excess.set(cents, (excess.get(cents) ?? 0) - lots);
    }
    for (const [cents, lots] of excess) {
      const level = levelName(side, cents);
      const seen = this.seen.get(level) ?? [];
      this.seen.set(level, seen);
      seen.push({ line, excess: lots });
    }
  }
}

const levelName = (side: Side, cents: number): string => `${side} ${cents}`;

type Move = { line: number; lots: number };

/** What each message does to its level: lots that come or, negative, go. */
function movesByLevel(flow: OrderFlow): Map<string, Move[]> {
  const moves = new Map<string, Move[]>();
  const add = (side: Side, cents: number, move: Move): void => {
    const level = levelName(side, cents);
    moves.set(level, [...(moves.get(level) ?? []), move]);
  };
  for (const { kind, side, cents, line, lots } of flow.messages) {
    if (kind === 'created') add(side, cents, { line, lots });
    else if (kind === 'deleted' && lots > 0) add(side, cents, { line, lots: -lots });
  }
  for (const { order, cents, line, lots } of flow.decreases) if (lots) add(order.side, cents, { line, lots: -lots });
  return moves;
}

/** Whether the book at `line` lacks a move that was told before it, or has one that is told after it. */
const raced = (moves: readonly Move[], { line, excess }: Seen): boolean =>
  moves.some((move) => Math.abs(move.line - line) <= NEAR && move.lots === (move.line < line ? -excess : excess));
