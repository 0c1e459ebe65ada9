import { describe, expect, it } from 'vitest';
import { Chain, type Link } from '../../loadtest/k6/checks/chain.ts';

const snapshot = (seq: number): Link => ({ type: 'snapshot', seq, prev: seq });
const next = (seq: number, prev: number): Link => ({ seq, prev });
const more = (seq: number, prev: number): Link => ({ seq, prev, more: true });
const heartbeat = (seq: number): Link => ({ type: 'heartbeat', seq });
const caughtUp = (seq: number): Link => ({ type: 'caught-up', seq });

/** What each message breaks, in their order. */
const faults = (messages: Link[], chain = new Chain()): (string | undefined)[] =>
  messages.map((one) => chain.take(one));
const none = (messages: Link[]): undefined[] => messages.map(() => undefined);

describe('the chain', () => {
  it('takes what docs/PROTOCOL.md allows', () => {
    const messages = [
      snapshot(5),
      next(8, 5),
      heartbeat(8),
      more(9, 8),
      more(9, 9),
      next(9, 9),
      snapshot(20),
      next(21, 20),
    ];
    expect(faults(messages)).toEqual(none(messages));
  });
  it('begins with a snapshot', () => {
    expect(faults([next(8, 5)])).toEqual(['no snapshot first']);
  });
  it.each([
    ['a message is missing', [snapshot(5), next(9, 8)], 'gap'],
    ['a message comes twice', [snapshot(5), next(8, 5), next(8, 5)], 'gap'],
    ['a seq goes back', [snapshot(5), next(4, 5)], 'seq'],
    ['a seq comes again without more', [snapshot(5), next(5, 5)], 'seq'],
    ['a snapshot follows something else', [{ type: 'snapshot', seq: 5, prev: 4 }], 'seq'],
    ['a snapshot is of before', [snapshot(5), next(8, 5), snapshot(7)], 'seq'],
    ['the last of several is missing', [snapshot(5), more(8, 5), next(9, 8)], 'more'],
    ['a heartbeat says another seq', [snapshot(5), heartbeat(6)], 'heartbeat'],
    ['a heartbeat interrupts', [snapshot(5), more(6, 5), heartbeat(6)], 'heartbeat'],
    ['it caught up unasked', [snapshot(5), caughtUp(5)], 'caught-up'],
  ])('notices that %s', (_, messages: Link[], fault) => {
    expect(faults(messages).at(-1)).toBe(fault);
  });

  describe('resumed', () => {
    /** Lost after half of 9. */
    const lost = (): Chain => {
      const chain = new Chain();
      faults([snapshot(5), next(8, 5), more(9, 8)], chain);
      expect(chain.complete).toBe(8);
      chain.resume(chain.complete);
      return chain;
    };

    it('goes on after the last complete seq', () => {
      const chain = lost();
      expect(chain.isResuming).toBe(true);
      const messages = [more(9, 8), next(9, 9), next(12, 9), caughtUp(14), next(15, 14)];
      expect(faults(messages, chain)).toEqual(none(messages));
      expect(chain.isResuming).toBe(false);
    });
    it('may get a snapshot, or nothing', () => {
      expect(faults([snapshot(30), caughtUp(30), next(31, 30)], lost())).toEqual(none([1, 2, 3].map(() => next(1, 1))));
      expect(faults([caughtUp(8), next(9, 8)], lost())).toEqual([undefined, undefined]);
    });
    it('notices what is missing, or ends too early', () => {
      expect(faults([next(12, 9)], lost())).toEqual(['gap']);
      expect(faults([more(9, 8), caughtUp(9)], lost())).toEqual([undefined, 'caught-up']);
      expect(faults([caughtUp(7)], lost())).toEqual(['caught-up']);
    });
  });
});
