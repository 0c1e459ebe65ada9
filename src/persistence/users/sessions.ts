import type { Role } from '../../protocol/wire.ts';
import type { Sql } from '../postgres/connect.ts';

/** What an access token is checked against. */
export type SessionRow = {
  username: string;
  roles: Role[];
  sessionVersion: number;
  /** The log-in that the token came from still stands. */
  live: boolean;
};

/** undefined: no such account. */
export async function findSession(sql: Sql, account: number, family: string): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow[]>`
    select u.username, u.roles, u.session_version as "sessionVersion",
      exists (select from brier.refresh_families f
        where f.id = ${family} and f.account = u.id and f.revoked_at is null) as live
    from brier.users u where u.id = ${account}`;
  return row;
}

export type EndedRow = { account: number; session: string | null; sessionVersion: number | null };

/** Everything that ended since a time: all sessions of an account (session null), one log-in, or one API key. */
export const endedSince = (sql: Sql, since: number): Promise<EndedRow[]> => {
  const at = new Date(since);
  return sql<EndedRow[]>`
    select id as account, null as session, session_version as "sessionVersion"
      from brier.users where changed_at >= ${at} and session_version > 1
    union all
    select account, id::text, null from brier.refresh_families where revoked_at >= ${at}
    union all
    select account, id, null from brier.api_keys where revoked_at >= ${at}`;
};
