import { HEARTBEAT_MS } from '../protocol/heartbeat.ts';
import type { Connection } from './connection.ts';

/** Nothing at all has arrived for so long, neither heartbeat nor pong: the connection is taken as lost. */
export const SILENT_MS = 4 * HEARTBEAT_MS;
/** How often one looks within that time. */
const LOOKS = 4;

/**
 * Cuts a connection on which nothing arrives any more: the end of a peer that vanished without a word (half-open TCP) is told by
 * nobody. Heartbeats come where channels are subscribed; where none is, the server answers the ping that is sent after each look
 * that found nothing new. Looks are counted rather than time, so that a process that was busy or asleep itself reads what waits
 * for it before it judges.
 */
export function cutWhenSilent(connection: Connection, silentMs: number): void {
  let heard = connection.receivedBytes;
  let silent = 0;
  const timer = setInterval(() => {
    const { receivedBytes } = connection;
    silent = receivedBytes === heard ? silent + 1 : 0;
    heard = receivedBytes;
    if (silent >= LOOKS) connection.terminate(`nothing was heard for ${silentMs} ms`);
    else if (silent > 0) connection.ping();
  }, silentMs / LOOKS);
  timer.unref();
  void connection.ended.then(() => clearInterval(timer));
}
