import type { AccountMirror } from '../checks/accountMirror.ts';
import { Channel, type StreamMessage } from '../exchange/channel.ts';
import { tally } from '../run/tally.ts';

/** `orders`, `fills` and `account`, kept in a mirror. */
export function privateChannels(mirror: AccountMirror): Channel[] {
  const channelOf = (ch: 'orders' | 'fills' | 'account', take: (message: StreamMessage) => void): Channel =>
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
  return [
    channelOf('orders', (message) => {
      passedOver(message);
      mirror.takeOrders(message as unknown as Of<'takeOrders'>);
    }),
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
