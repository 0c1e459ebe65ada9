import { percentiles } from '../percentiles.ts';
import { Waiting } from './answers.ts';
import { sendFrames } from './closedLoop.ts';
import { openAll } from './connection.ts';
import { flowTexts, RING_FRAMES } from './flows.ts';
import { maskedFrames } from './ring.ts';
import type { OpenLoop, OpenResult } from './tasks.ts';

/** How long answers are waited for that have not come when all is sent. */
const REST_MS_MAX = 10_000;
const SLOT_MS = 1;
/** Requests on each connection that leave together at most. */
const PORTION = 16;
/** Requests of a connection that may wait: half a ring, so that a place in it is free again before it is used again. */
const BEHIND_MAX = RING_FRAMES / 2;

/**
 * Sends at a rate, whatever comes back: in each millisecond its share, each request on the next connection. A latency counts from
 * the millisecond in which its request was to be sent, so whoever is slow pays for what waits behind it.
 */
export async function openLoop(task: OpenLoop, mark: (type: 'begin' | 'end') => void): Promise<OpenResult> {
  const { target, perSecond, seconds, flow } = task;
  const total = Math.ceil(perSecond * seconds);
  const hasParts = flow.kind === 'quotes';
  const latency = new Float64Array(total);
  const lag = new Float64Array(total);
  let answered = 0;
  const refused: Record<string, number> = {};
  let lostConnection: string | undefined;
  let all: () => void = () => {};
  const allAnswered = new Promise<void>((resolve) => {
    all = resolve;
  });
  const connections = (await openAll(target.url, target.tokens)).map((connection, number) => {
    const ring = maskedFrames(flowTexts(flow, number));
    const waiting = new Waiting(RING_FRAMES, hasParts, refused);
    const state = { connection, ring, waiting, sent: 0, received: 0 };
    connection.onLost = (reason) => {
      lostConnection = reason;
      all();
    };
    connection.onMessage = (bytes, start, end, now) => {
      const since = waiting.answered(bytes, start, end);
      if (Number.isNaN(since)) {
        lostConnection = `an answer to nothing: ${bytes.toString('utf8', start, Math.min(end, start + 200))}`;
        return all();
      }
      state.received++;
      latency[answered++] = now - since;
      if (answered === total) all();
    };
    return state;
  });
  let sent = 0;
  const beganAt = performance.now() + SLOT_MS;
  const dueAt = (request: number): number => beganAt + Math.floor((request * 1_000) / perSecond / SLOT_MS) * SLOT_MS;
  /** Sends what is due up to `end`; what is due on one connection in one write. */
  const sendUpTo = (end: number): void => {
    for (const [number, state] of connections.entries()) {
      const first = sent + ((number - (sent % connections.length) + connections.length) % connections.length);
      const due = Math.max(0, Math.ceil((end - first) / connections.length));
      // A server that is so far behind on a connection is sent no more on it: what is not sent is lost.
      const count = Math.max(0, Math.min(due, BEHIND_MAX - (state.sent - state.received)));
      for (let i = 0; i < count; i++) {
        state.waiting.since[(state.sent + i) % RING_FRAMES] = dueAt(first + i * connections.length);
      }
      if (count === 0) continue;
      sendFrames(state.connection, state.ring, state.sent, count);
      state.sent += count;
    }
    const now = performance.now();
    for (; sent < end; sent++) lag[sent] = now - dueAt(sent);
  };
  mark('begin');
  await new Promise<void>((resolve) => {
    const turn = (): void => {
      const slots = Math.floor((performance.now() - beganAt) / SLOT_MS) + 1;
      const due = Math.min(total, Math.ceil((slots * SLOT_MS * perSecond) / 1_000));
      // In portions: whoever is late still reads what has come.
      const end = Math.min(due, sent + connections.length * PORTION);
      if (end > sent) sendUpTo(end);
      if (sent === total || lostConnection !== undefined) resolve();
      else if (sent < due) setImmediate(turn);
      else setTimeout(turn, SLOT_MS);
    };
    turn();
  });
  const seconds_ = (performance.now() - beganAt) / 1_000;
  mark('end');
  const timer = setTimeout(all, REST_MS_MAX);
  await allAnswered;
  clearTimeout(timer);
  for (const { connection } of connections) connection.end();
  if (lostConnection !== undefined) throw new Error(lostConnection);
  return {
    sent: total,
    lost: total - answered,
    refused,
    perSecond: total / seconds_,
    latencyMs: percentiles(latency.subarray(0, answered)),
    lagMs: percentiles(lag),
  };
}
