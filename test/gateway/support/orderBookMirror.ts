import { expect } from 'vitest';
import type { Message } from './gateway.ts';
import { Chain } from './mirror.ts';

type Row = [id: string, side: string, price: string, size: string];

/** A client’s copy of `book.l3`, kept by the rule of docs/PROTOCOL.md and nothing else. */
export class OrderBookMirror {
  readonly chain = new Chain();
  private readonly books = new Map<string, Row[]>();

  take(message: Message): void {
    this.chain.take(message);
    if (message.type === 'snapshot') this.books.clear();
    for (const { outcome, orders } of message.books ?? []) {
      for (const order of orders) this.apply(outcome, order, message.type === 'snapshot');
    }
  }

  private apply(outcome: string, order: Row, fresh: boolean): void {
    const rows = this.books.get(outcome) ?? [];
    this.books.set(outcome, rows);
    const [id, , price, size] = order;
    const at = rows.findIndex((row) => row[0] === id);
    if (fresh) expect(at).toBe(-1);
    const known = rows[at];
    if (known !== undefined && Number(size) > 0 && known[2] === price && Number(size) <= Number(known[3])) {
      known[3] = size;
      return;
    }
    if (at >= 0) rows.splice(at, 1);
    if (Number(size) > 0) rows.push([...order]);
  }

  /** An outcome’s orders, bids first, best price first; at one price in the order in which they came. */
  ofOutcome(outcome: string): Row[] {
    const rows = this.books.get(outcome) ?? [];
    const side = (name: string, sign: number) =>
      rows.filter((row) => row[1] === name).sort((a, b) => sign * (Number(b[2]) - Number(a[2])));
    return [...side('bid', 1), ...side('ask', -1)];
  }
}
