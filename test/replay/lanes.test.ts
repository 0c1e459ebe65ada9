import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapWide, sendInLanes } from '../../loadtest/replay/lanes.ts';

/** Lets the scheduler decide in which order sends end; returns [starts, ends] as they happened. */
async function run(
  s: fc.Scheduler,
  lanes: number[],
  window: number,
): Promise<{ kind: 'start' | 'end'; item: number }[]> {
  const log: { kind: 'start' | 'end'; item: number }[] = [];
  const running = sendInLanes([...lanes.keys()], {
    window,
    laneOf: (item) => String(lanes[item]),
    send: async (item) => {
      log.push({ kind: 'start', item });
      await s.schedule(Promise.resolve(), String(item));
      log.push({ kind: 'end', item });
    },
  });
  await s.waitFor(running);
  return log;
}

describe('sendInLanes', () => {
  test('one at a time per lane, in order, and nothing starts a window before the oldest open one', async () => {
    const lanes = fc.array(fc.nat(3), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), lanes, fc.integer({ min: 1, max: 8 }), async (s, laneOf, window) => {
        const log = await run(s, laneOf, window);
        const open = new Set(laneOf.keys());
        const busy = new Set<number>();
        const lastInLane = new Map<number, number>();
        for (const { kind, item } of log) {
          const lane = laneOf[item]!;
          if (kind === 'end') {
            open.delete(item);
            busy.delete(lane);
            continue;
          }
          expect(busy.has(lane)).toBe(false);
          expect(lastInLane.get(lane) ?? -1).toBeLessThan(item);
          expect(item - Math.min(...open)).toBeLessThan(window);
          busy.add(lane);
          lastInLane.set(lane, item);
        }
        expect(open.size).toBe(0);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  test('a window of 1 is strict order, a wide one has a send of every lane open at once', async () => {
    const ends: (() => void)[] = [];
    const started: number[] = [];
    const send = (item: number): Promise<void> => {
      started.push(item);
      return new Promise((resolve) => ends.push(resolve));
    };
    const running = sendInLanes([0, 1, 2, 3], { window: 10, laneOf: (item) => String(item % 2), send });
    await Promise.resolve();
    expect(started).toEqual([0, 1]);
    while (ends.length > 0) {
      ends.shift()?.();
      await new Promise(setImmediate);
    }
    await running;
    expect(started).toEqual([0, 1, 2, 3]);
  });

  test('the first failure stops what has not started, and rejects', async () => {
    const started: number[] = [];
    const sending = sendInLanes([0, 1, 2, 3, 4, 5], {
      window: 2,
      laneOf: String,
      send: async (item) => {
        started.push(item);
        if (item === 2) throw new Error('lost');
      },
    });
    await expect(sending).rejects.toThrow('lost');
    expect(started).not.toContain(5);
  });
});

describe('mapWide', () => {
  test('results in order, never more than its width at once', async () => {
    let now = 0;
    let most = 0;
    const results = await mapWide([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++now);
      for (let turn = 0; turn < item; turn++) await Promise.resolve();
      now--;
      return item * 10;
    });
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  test('rejects with the first failure and starts no more', async () => {
    const started: number[] = [];
    const work = async (item: number): Promise<void> => {
      started.push(item);
      if (item === 1) throw new Error('no');
    };
    await expect(mapWide([0, 1, 2, 3, 4, 5, 6, 7], 1, work)).rejects.toThrow('no');
    expect(started).toEqual([0, 1]);
  });
});
