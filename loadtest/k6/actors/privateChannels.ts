import type { AccountMirror } from '../checks/accountMirror.ts';
import { type QueueMessage, QueueMirror } from '../checks/queueMirror.ts';
import { Channel, type StreamMessage } from '../exchange/channel.ts';
import { tally } from '../run/tally.ts';

/** `orders` with their places in the queues, `fills` and `account`, kept in mirrors. */
export function privateChannels(mirror: AccountMirror): Channel[] {
  const channelOf = (ch: 'fills' | 'account', take: (message: StreamMessage) => void): Channel =>
    new Channel({ ch }, (message) => {
      if (message.type !== 'caught-up') take(message);
    });
  let snapshots = 0;
  const passedOver = (message: StreamMessage): void => {
    // The first ones are where `orders` and `fills` begin.
    if (message.type === 'snapshot' && ++snapshots > 2) mirror.fillsWerePassedOver();
  };
  // The channel says which shape its messages have.
  type Of<K extends 'takeOrders' | 'takeFills' | 'takeAccount'> = Parameters<AccountMirror[K]>[0];
  const queues = new QueueMirror();
  const orders = new Channel({ ch: 'orders', queue: true }, (message) => {
    if (message.type === 'caught-up') return;
    if (message.type === 'queue') {
      // Until it is told what happened meanwhile, its orders are others.
      const faults = orders.chain.isResuming ? [] : queues.take(message as unknown as QueueMessage);
      return tally.fault('queue_errors', faults.join('; '), faults.length);
    }
    passedOver(message);
    const told = message as unknown as Of<'takeOrders'>;
    mirror.takeOrders(told);
    if ('orders' in told) queues.takeSnapshot(told.orders);
    else if ('order' in told) queues.takeOrder(told.order);
  });
  return [
    orders,
    channelOf('fills', (message) => {
      passedOver(message);
      mirror.takeFills(message as unknown as Of<'takeFills'>);
    }),
    channelOf('account', (message) => {
      const isSum = mirror.takeAccount(message as unknown as Of<'takeAccount'>);
      if (!isSum) tally.fault('money_errors', JSON.stringify(message));
    }),
  ];
}
