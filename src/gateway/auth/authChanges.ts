import type { Sql } from '../../persistence/postgres/connect.ts';
import { endedSince } from '../../persistence/users/sessions.ts';
import type { Identity } from './identity.ts';

/**
 * Something that was allowed in has ended: every session of an account older than `sessionVersion`, or one log-in or
 * API key (`session`).
 */
export type AuthChange = { account: number } & ({ sessionVersion: number } | { session: string });

/** Whether a change ends what an identity was let in by. */
export function ends(change: AuthChange, identity: Identity): boolean {
  if (change.account !== identity.account) return false;
  return 'session' in change ? change.session === identity.session : identity.sessionVersion < change.sessionVersion;
}

/** Tells live connections at once; see {@link watchAuthChanges} for changes made by other processes. */
export class AuthChanges {
  private readonly listeners = new Set<(change: AuthChange) => void>();

  /** Returns how to stop listening. */
  on(listener: (change: AuthChange) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  emit(change: AuthChange): void {
    for (const listener of this.listeners) listener(change);
  }
}

/** Twice a second, so that what another process ended is closed here within one. */
const WATCH_MS = 500;
/** Looks back further than one round: commits become visible out of order, and clocks differ. Told twice is harmless. */
const LOOK_BACK_MS = 10_000;

/** Repeats to `changes` what any process ended, this one included. For installations of several gateways. */
export function watchAuthChanges(
  sql: Sql,
  changes: AuthChanges,
  options: { clock: () => number; onError: (error: unknown) => void },
): { stop(): Promise<void> } {
  let round = Promise.resolve();
  let busy = false;
  const look = async () => {
    try {
      for (const { account, session, sessionVersion } of await endedSince(sql, options.clock() - LOOK_BACK_MS)) {
        if (session !== null) changes.emit({ account, session });
        else if (sessionVersion !== null) changes.emit({ account, sessionVersion });
      }
    } catch (error) {
      options.onError(error); // the database is away: tried again
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    round = look();
  }, WATCH_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
