/**
 * Sends items in their order, several at once, but one at a time per lane: the next of a lane leaves when its
 * predecessor is done. No item starts while one `window` or more places before it is unfinished, so a window of 1 is
 * strict order. The first failure stops the rest and rejects, once what is under way has ended.
 */
export async function sendInLanes<T>(
  items: readonly T[],
  { laneOf, window, send }: { laneOf: (item: T) => string; window: number; send: (item: T) => Promise<void> },
): Promise<void> {
  const done = new Uint8Array(items.length);
  const lanes = new Map<string, Promise<void>>();
  const failures: unknown[] = [];
  let oldest = 0;
  let wake = () => {};
  async function after(previous: Promise<void> | undefined, index: number, item: T): Promise<void> {
    await previous;
    if (failures.length === 0) {
      try {
        await send(item);
      } catch (error) {
        failures.push(error);
      }
    }
    done[index] = 1;
    while (done[oldest] === 1) oldest++;
    wake();
  }
  for (const [index, item] of items.entries()) {
    while (index >= oldest + window) await new Promise<void>((resolve) => (wake = resolve));
    if (failures.length > 0) break;
    const lane = laneOf(item);
    lanes.set(lane, after(lanes.get(lane), index, item));
  }
  await Promise.all(lanes.values());
  if (failures.length > 0) throw failures[0];
}

/** Runs `work` on every item, at most `width` at once; results in the items' order. The first failure ends it. */
export async function mapWide<T, R>(items: readonly T[], width: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let failed = false;
  async function worker(): Promise<void> {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
