import type { JournalRow } from '../journal/batch.ts';

/** Payload bytes that may lie fetched and not yet replayed. */
const AHEAD_BYTES = 16 * 1024 * 1024;

/**
 * Reads ahead: while its caller replays one page of the journal the next is on its way. A generator fetches only when it is
 * asked, so without this the database and the replay would wait for each other in turn.
 */
export async function* rowsAhead(
  rows: AsyncGenerator<JournalRow, void, void>,
  aheadBytes: number = AHEAD_BYTES,
): AsyncGenerator<JournalRow, void, void> {
  const queue: JournalRow[] = [];
  let bytes = 0;
  let pump: Promise<void> | null = null;
  let ended = false;
  let failure: { error: unknown } | null = null;
  let arrived = (): void => {};

  const fill = async (): Promise<void> => {
    try {
      while (bytes < aheadBytes && !ended) {
        const { done, value } = await rows.next();
        if (done === true) ended = true;
        else {
          queue.push(value);
          bytes += value.payload.length;
        }
        arrived();
      }
    } catch (error) {
      failure = { error };
      arrived();
    }
    pump = null;
  };
  try {
    for (let next = 0; ; next++) {
      if (next === queue.length) {
        queue.length = 0;
        next = 0;
        // What was read before a failure has been handed out: now the failure is.
        if (failure !== null) throw (failure as { error: unknown }).error;
        if (ended) return;
        const arrival = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        pump ??= fill();
        if (queue.length === 0 && !ended && failure === null) await arrival;
        next = -1;
        continue;
      }
      const row = queue[next] as JournalRow;
      bytes -= row.payload.length;
      if (bytes < aheadBytes && !ended && failure === null) pump ??= fill();
      yield row;
    }
  } finally {
    await pump;
    await rows.return();
  }
}
