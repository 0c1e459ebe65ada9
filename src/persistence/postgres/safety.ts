import type { Sql } from './connect.ts';

/** The server would lose or refuse what we acknowledge. The message is one line: the setting, and its fix. */
export class UnsafeDatabase extends Error {
  override name = 'UnsafeDatabase';
  /** True for a standby: it may be promoted, or another host of the URL be the primary. */
  readonly mayPass: boolean;

  constructor(message: string, mayPass: boolean) {
    super(message);
    this.mayPass = mayPass;
  }
}

const SERVER_VERSION_MIN = 140_000;

/** What SAFETY_QUERY tells. */
export interface ServerState {
  version: number;
  shown_version: string;
  fsync: string;
  full_page_writes: string;
  synchronous_commit: string;
  read_only: string;
  in_recovery: boolean;
}

/** Settings as they hold for this connection's role and database, which may differ from the server's. */
export const SAFETY_QUERY = `
  select current_setting('server_version_num')::int as version,
         current_setting('server_version') as shown_version,
         current_setting('fsync') as fsync,
         current_setting('full_page_writes') as full_page_writes,
         current_setting('synchronous_commit') as synchronous_commit,
         current_setting('default_transaction_read_only') as read_only,
         pg_is_in_recovery() as in_recovery`;

/** Throws UnsafeDatabase unless the server keeps what it has committed. */
export async function assertSafe(sql: Sql): Promise<void> {
  const [state] = await sql.unsafe<ServerState[]>(SAFETY_QUERY);
  assertSafeState(state!);
}

export function assertSafeState(state: ServerState): void {
  const reason = unsafeReason(state);
  if (reason !== null) throw new UnsafeDatabase(reason, state.in_recovery);
}

function unsafeReason(state: ServerState): string | null {
  if (state.version < SERVER_VERSION_MIN) {
    return `PostgreSQL ${state.shown_version} is too old: version 14 or newer is needed.`;
  }
  if (state.fsync === 'off') {
    return 'PostgreSQL runs with fsync = off, so a power cut may lose acknowledged orders: set fsync = on and reload it.';
  }
  if (state.full_page_writes === 'off') {
    return (
      'PostgreSQL runs with full_page_writes = off, so a power cut may tear its pages: ' +
      'set full_page_writes = on and reload it.'
    );
  }
  if (state.synchronous_commit === 'off') {
    return (
      'PostgreSQL runs with synchronous_commit = off, so a crash loses acknowledged orders: set it to on for the ' +
      'server, the database and the role (ALTER ROLE … RESET synchronous_commit).'
    );
  }
  if (state.in_recovery) return 'PostgreSQL is a read-only standby: set DATABASE_URL to the primary.';
  if (state.read_only === 'on') {
    return 'PostgreSQL has default_transaction_read_only = on: reset it for the server, the database and the role.';
  }
  return null;
}
