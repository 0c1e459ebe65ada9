import type * as z from 'zod';
import type { OrderView } from '../../../src/protocol/answers.ts';
import type { streams } from '../../../src/protocol/streams.ts';
import { lotsOf } from './money.ts';

export type QueueMessage = z.infer<typeof streams.queue>;
type Standing = { price: string | undefined; filled: string; ahead: number | undefined };

/**
 * How much stands before one’s open orders. What is older can be filled or go, but nothing comes before an order that stays where
 * it is: it gets nearer, or waits.
 */
export class QueueMirror {
  readonly #open = new Map<string, Standing>();

  takeSnapshot(orders: readonly OrderView[]): void {
    this.#open.clear();
    for (const order of orders) this.takeOrder(order);
  }

  /** An order after a change: unless it was filled, and nothing else, it may have lost its place. */
  takeOrder({ orderId, status, price, filled }: OrderView): void {
    if (status !== 'open') {
      this.#open.delete(orderId);
      return;
    }
    const before = this.#open.get(orderId);
    const stays = before !== undefined && before.price === price && lotsOf(filled) > lotsOf(before.filled);
    this.#open.set(orderId, { price, filled, ahead: stays ? before.ahead : undefined });
  }

  /** What is wrong with each place that is told. */
  take({ queue }: QueueMessage): string[] {
    return queue.flatMap(({ orderId, ahead }) => {
      const order = this.#open.get(orderId);
      if (order === undefined) return [`order ${orderId} is not open`];
      const [before, lots] = [order.ahead, lotsOf(ahead)];
      order.ahead = lots;
      if (!(lots >= 0)) return [`${ahead} stands before order ${orderId}`];
      return before !== undefined && lots > before ? [`order ${orderId} was overtaken: ${before}, then ${lots}`] : [];
    });
  }
}
