import { describe, expect, test } from 'vitest';
import { Chain, type ChannelMessage } from '../../src/sdk/index.ts';

const message = (seq: number, prev: number, more = false): ChannelMessage => ({
  ...{ ch: 'orders', seq, prev },
  ...(more && { more }),
});
const of = (type: string, seq: number): ChannelMessage => ({ ch: 'orders', type, seq });

describe('a chain', () => {
  test('tells what follows, whole commands at a time', () => {
    const chain = new Chain();
    const snapshot = { ...of('snapshot', 5), prev: 5 };
    expect(chain.take(snapshot)).toEqual([snapshot]);
    expect(chain.take(message(7, 5))).toEqual([message(7, 5)]);
    expect(chain.take(message(9, 7, true))).toEqual([]);
    expect(chain.complete).toBe(7);
    expect(chain.take(message(9, 9))).toEqual([message(9, 7, true), message(9, 9)]);
    expect(chain.complete).toBe(9);
    expect(chain.take(of('heartbeat', 9))).toEqual([]);
  });

  test('notices what is missing, by the next message or by a heartbeat', () => {
    const chain = new Chain();
    chain.take(of('snapshot', 5));
    expect(chain.take(message(8, 7))).toBeUndefined();
    expect(chain.take(of('heartbeat', 7))).toBeUndefined();
    expect(chain.take(message(7, 5))).toEqual([message(7, 5)]);
  });

  test('goes on where a command was cut short: its messages come again, and are told once', () => {
    const chain = new Chain();
    chain.take(of('snapshot', 5));
    chain.take(message(9, 5, true));
    chain.cut();
    expect(chain.complete).toBe(5);
    expect(chain.take(message(9, 5, true))).toEqual([]);
    expect(chain.take(message(9, 9))).toHaveLength(2);
    expect(chain.take(of('caught-up', 12))).toEqual([of('caught-up', 12)]);
    expect(chain.take(message(13, 12))).toHaveLength(1);
  });

  test('begins where an earlier one ended, and lets pass what has no place in it', () => {
    const chain = new Chain(5);
    expect(chain.complete).toBe(5);
    expect(chain.take(message(8, 7))).toBeUndefined();
    expect(chain.take({ ...of('queue', 6), queue: [] })).toHaveLength(1);
    expect(chain.take(message(6, 5))).toHaveLength(1);
  });
});
