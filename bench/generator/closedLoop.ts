import { percentiles } from '../percentiles.ts';
import { Waiting } from './answers.ts';
import { type Connection, openAll } from './connection.ts';
import { flowTexts, RING_FRAMES } from './flows.ts';
import { maskedFrames, type Ring } from './ring.ts';
import type { ClosedLoop, ClosedResult } from './tasks.ts';

/** As many again, before the clock runs. */
const WARM_UP = 0.1;

/** Sends `count` frames of a ring, from `next` on. */
export function sendFrames(connection: Connection, { bytes, starts }: Ring, next: number, count: number): void {
  const first = next % RING_FRAMES;
  const upTo = Math.min(first + count, RING_FRAMES);
  connection.write(bytes.subarray(starts[first], starts[upTo]));
  const rest = first + count - upTo;
  if (rest > 0) connection.write(bytes.subarray(0, starts[rest]));
}

/** Keeps `window` requests under way on each connection until all are answered. */
export async function closedLoop(task: ClosedLoop, mark: (type: 'begin' | 'end') => void): Promise<ClosedResult> {
  const { target, window, requests, flow } = task;
  const warmUp = Math.max(target.tokens.length, Math.ceil(requests * WARM_UP));
  const total = warmUp + requests;
  const hasParts = flow.kind === 'quotes';
  const latency = new Float64Array(requests);
  let unsent = total;
  let answered = 0;
  const refused: Record<string, number> = {};
  let beganAt = 0;
  const connections = await openAll(target.url, target.tokens);
  const finished = new Promise<void>((resolve, reject) => {
    for (const [number, connection] of connections.entries()) {
      const ring = maskedFrames(flowTexts(flow, number));
      const waiting = new Waiting(RING_FRAMES, hasParts, refused);
      let sent = 0;
      let due = 0;
      const send = (count: number): void => {
        const now = performance.now();
        for (let i = 0; i < count; i++) waiting.since[(sent + i) % RING_FRAMES] = now;
        sendFrames(connection, ring, sent, count);
        sent += count;
        unsent -= count;
      };
      // What one read answers is sent again in one write.
      const sendDue = (): void => {
        const count = Math.min(due, unsent);
        due = 0;
        if (count > 0) send(count);
      };
      connection.onLost = (reason) => reject(new Error(reason));
      connection.onMessage = (bytes, start, end, now) => {
        const since = waiting.answered(bytes, start, end);
        if (Number.isNaN(since)) {
          reject(new Error(`an answer to nothing: ${bytes.toString('utf8', start, Math.min(end, start + 200))}`));
          return;
        }
        answered++;
        if (answered === warmUp) {
          beganAt = now;
          mark('begin');
        } else if (answered > warmUp) latency[answered - warmUp - 1] = now - since;
        if (answered === total) resolve();
        else if (++due === 1) queueMicrotask(sendDue);
      };
      send(Math.min(window, unsent));
    }
  });
  await finished;
  const seconds = (performance.now() - beganAt) / 1_000;
  mark('end');
  for (const connection of connections) connection.end();
  return { perSecond: requests / seconds, latencyMs: percentiles(latency), refused };
}
