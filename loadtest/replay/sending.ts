import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../../src/sdk/index.ts';
import { sendInLanes } from './lanes.ts';
import type { ReplayOrder } from './orders.ts';
import { pauseBefore } from './patience.ts';
import type { Progress } from './progress.ts';
import type { Tally } from './tally.ts';

/** Requests of a restarted run that ask what the exchange already has, under way at once. */
const QUERIES_WINDOW = 1024;

/** Sends the orders, each by its user, one at a time per market. Rejects when a connection is lost. */
export async function sendOrders(
  orders: readonly ReplayOrder[],
  people: ReadonlyMap<string, Connection>,
  { window, tally, progress }: { window: number; tally: Tally; progress: Progress },
): Promise<void> {
  progress.begin('orders', orders.length);
  tally.startedAtMs = performance.now();
  await sendInLanes(orders, {
    window,
    laneOf: ({ market }) => market,
    send: async (order) => {
      await sendOrder(order, connectionOf(order, people), tally);
      progress.tick();
    },
  });
  tally.endedAtMs = performance.now();
  progress.end();
}

async function sendOrder(order: ReplayOrder, connection: Connection, tally: Tally): Promise<void> {
  const { market, side, outcome, price, size, clientOrderId } = order;
  tally.sent++;
  for (let tries = 1; ; tries++) {
    const sentAt = performance.now();
    const answer = await connection.request('place', { market, side, outcome, price, size, tif: 'GTC', clientOrderId });
    tally.latencyNs.record(Math.max(1, Math.round((performance.now() - sentAt) * 1e6)));
    const wait = answer.ok ? undefined : pauseBefore(tries, answer.error);
    if (wait === undefined) return tally.answered(answer);
    await pause(wait);
  }
}

/**
 * What a restarted run still has to send, so that every market sees exactly what it would have seen without the stop.
 * In each market that was there before, the last order that the exchange knows tells how far the run had come. Known
 * orders are sent again and answered as duplicates. Unknown ones before it had been refused, perhaps for a reason that
 * has passed since: they are left out. Markets that are no longer open had been sent everything.
 */
export async function remaining(
  orders: readonly ReplayOrder[],
  people: ReadonlyMap<string, Connection>,
  { earlier, tally, progress }: { earlier: ReadonlyMap<string, string>; tally: Tally; progress: Progress },
): Promise<ReplayOrder[]> {
  const asked = orders.filter(({ market }) => earlier.has(market));
  if (asked.length === 0) return [...orders];
  const known = new Set<ReplayOrder>();
  progress.begin('what is known', asked.length);
  await sendInLanes(asked, {
    window: QUERIES_WINDOW,
    laneOf: ({ clientOrderId }) => clientOrderId,
    send: async (order) => {
      if (await isKnown(order, connectionOf(order, people))) known.add(order);
      progress.tick();
    },
  });
  progress.end();
  const rest = withoutOvertaken(orders, known, earlier);
  tally.notSentAgain = orders.length - rest.length;
  return rest;
}

/** The rule of `remaining`: `known` orders are on the exchange, `earlier` gives the status of markets that were there. */
export function withoutOvertaken(
  orders: readonly ReplayOrder[],
  known: ReadonlySet<ReplayOrder>,
  earlier: ReadonlyMap<string, string>,
): ReplayOrder[] {
  const reached = new Set<string>();
  const keptBackwards = orders.toReversed().filter((order) => {
    const { market } = order;
    if (known.has(order)) reached.add(market);
    const status = earlier.get(market);
    return status === undefined || (status === 'open' && (known.has(order) || !reached.has(market)));
  });
  return keptBackwards.toReversed();
}

async function isKnown({ clientOrderId }: ReplayOrder, connection: Connection): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const answer = await connection.request('order', { clientOrderId });
    if (answer.ok) return true;
    const { code, message } = answer.error;
    if (code === 'UNKNOWN_ORDER' || code === 'NOT_FOUND') return false;
    const wait = pauseBefore(tries, answer.error);
    if (wait === undefined) throw new Error(`${clientOrderId}: ${code} ${message}`);
    await pause(wait);
  }
}

function connectionOf({ user }: ReplayOrder, people: ReadonlyMap<string, Connection>): Connection {
  const connection = people.get(user);
  if (connection === undefined) throw new Error(`user ${user} is not connected`);
  return connection;
}
