import { setTimeout as pause } from 'node:timers/promises';
import { CLOSE } from '../../protocol/errors.ts';
import type { GatewayContext } from './context.ts';
import type { Sessions } from './sessions.ts';

/** How long a shutdown waits for the answers that are on their way. */
const ANSWERS_MS = 5_000;
/** Connections are closed over so long, in so many groups: so they come back in as many. */
export const CLOSING_MS = 1_000;
const GROUPS = 20;
/** For what was written last to leave. */
const LINGER_MS = 100;
const POLL_MS = 10;

/**
 * Ends all sessions in peace, while the engine still runs: every connection is told, nothing but cancels is begun, all that is
 * under way is answered, and then the connections are closed with RESTARTING, group by group. What their ends cancel
 * is carried out when this resolves.
 */
export async function drain(context: GatewayContext, sessions: Sessions, closingMs: number): Promise<void> {
  context.draining = true;
  const { data, clock } = context;
  const time = clock();
  const closesAt = time + ANSWERS_MS + closingMs;
  sessions.deliver(`{"ch":"server","type":"draining","seq":${data.seq},"time":${time},"closesAt":${closesAt}}`);
  await settled(context, sessions);
  if (sessions.size > 0) {
    await closeInGroups(sessions, closingMs);
    await pause(LINGER_MS);
  }
  await settled(context, sessions);
}

/** Resolves when nothing is under way, or when it takes too long. */
async function settled({ port }: GatewayContext, { disconnections }: Sessions): Promise<void> {
  const until = performance.now() + ANSWERS_MS;
  while ((port.outstanding > 0 || disconnections.waiting) && performance.now() < until) await pause(POLL_MS);
}

/** Those that still wait for something come last, and are closed all the same. */
async function closeInGroups(sessions: Sessions, closingMs: number): Promise<void> {
  const group = Math.ceil(sessions.size / GROUPS);
  const until = performance.now() + closingMs;
  while (sessions.size > 0) {
    const isLast = performance.now() >= until;
    sessions.close(isLast ? sessions.size : group, isLast, CLOSE.RESTARTING, 'the server is shutting down');
    if (sessions.size > 0) await pause(closingMs / GROUPS);
  }
}
