import { setTimeout as pause } from 'node:timers/promises';
import { percentiles } from '../percentiles.ts';
import { numberAt } from './answers.ts';
import { Connection, openAll } from './connection.ts';
import { FIRST_ID } from './flows.ts';
import { maskedFrames } from './ring.ts';
import type { FanOut, FanOutResult } from './tasks.ts';

/** How long the last deliveries are waited for. */
const REST_MS_MAX = 5_000;
const SUBSCRIBE_MS_MAX = 30_000;
/** For the snapshots that follow the answers. */
const SETTLE_MS = 500;
const LEVELS = 10;
/** The third character of an answer, `{"id":…`, and of a stream message, `{"ch":…`. */
const ID_BEGINS = 105;
const CH_BEGINS = 99;

/**
 * Many sockets listen to one book; an update is sent at a steady rate, and a delivery is measured from when that was due to
 * when a socket has the message with its `seq`.
 */
export async function fanOut(task: FanOut, mark: (type: 'begin' | 'end') => void): Promise<FanOutResult> {
  const { target, sockets, perSecond, seconds, market, frames: given } = task;
  const updates = Math.ceil(perSecond * seconds);
  const expected = updates * sockets;
  const seqs = new Float64Array(expected + sockets);
  const times = new Float64Array(expected + sockets);
  let deliveries = 0;
  let measuring = false;
  let subscribed = 0;
  let lost: string | undefined;
  const frames: string[] = [];
  const prefix = `{"ch":"book","market":"${market}","seq":`;
  const listeners = await openAll(target.url, Array.from<undefined>({ length: sockets }));
  const [subscribe] = [
    maskedFrames([`{"id":1,"op":"subscribe","channels":[{"ch":"book","market":"${market}"}]}`]).bytes,
  ];
  for (const [number, listener] of listeners.entries()) {
    listener.onLost = (reason) => {
      lost = reason;
    };
    listener.onMessage = (bytes, start, end, now) => {
      if (bytes[start + 2] === ID_BEGINS) subscribed++;
      if (bytes[start + 2] !== CH_BEGINS || !measuring || deliveries === seqs.length) return;
      seqs[deliveries] = numberAt(bytes, start + prefix.length);
      times[deliveries++] = now;
      if (number === 0) frames.push(bytes.toString('utf8', start, end));
    };
    listener.write(subscribe);
  }
  const dueOf = new Map<number, number>();
  const publisher = await Connection.open(target.url, target.tokens[0]);
  publisher.onLost = (reason) => {
    lost = reason;
  };
  const dues = new Float64Array(updates);
  publisher.onMessage = (bytes, start, end) => {
    const text = bytes.toString('utf8', start, end);
    const seq = /"ok":true.*"seq":(\d+)/.exec(text)?.[1];
    if (seq === undefined) throw new Error(`an update was refused: ${text}`);
    dueOf.set(Number(seq), dues[numberAt(bytes, start + 6) - FIRST_ID] as number);
  };
  const ring = maskedFrames(given ?? Array.from({ length: updates }, (_, i) => update(i, market)));
  for (let waited = 0; subscribed < sockets && waited < SUBSCRIBE_MS_MAX; waited += 20) await pause(20);
  if (subscribed < sockets) throw new Error(`${sockets - subscribed} sockets could not subscribe`);
  await pause(SETTLE_MS);
  measuring = true;
  mark('begin');
  const beganAt = performance.now();
  for (let i = 0; i < Math.min(updates, ring.count) && lost === undefined; i++) {
    const due = beganAt + (i * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await pause(wait);
    dues[i] = due;
    if (given !== undefined) dueOf.set(Number(/"seq":(\d+)/.exec(given[i] as string)?.[1]), due);
    publisher.write(ring.bytes.subarray(ring.starts[i], ring.starts[i + 1]));
  }
  for (let waited = 0; deliveries < expected && waited < REST_MS_MAX && lost === undefined; waited += 20)
    await pause(20);
  const took = (performance.now() - beganAt) / 1_000;
  mark('end');
  for (const connection of [...listeners, publisher]) connection.end();
  if (lost !== undefined) throw new Error(lost);
  const latency = new Float64Array(deliveries);
  let known = 0;
  for (let i = 0; i < deliveries; i++) {
    const due = dueOf.get(seqs[i] as number);
    if (due !== undefined) latency[known++] = (times[i] as number) - due;
  }
  return {
    updates,
    delivered: known,
    missing: expected - known,
    seconds: took,
    latencyMs: percentiles(latency.subarray(0, known)),
    frames,
  };
}

/** An order that rests at one of ten prices: one level of the book has a new size. */
const update = (i: number, market: string): string =>
  `{"id":${FIRST_ID + i},"op":"place","market":"${market}","side":"buy","outcome":"YES","size":"1","price":"0.${30 + (i % LEVELS)}"}`;
