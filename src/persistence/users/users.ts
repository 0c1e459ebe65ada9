import type { Role } from '../../protocol/wire.ts';
import type { Sql } from '../postgres/connect.ts';

/** A user; `id` is the engine’s account number. */
export type UserRow = {
  id: number;
  username: string;
  passwordHash: string;
  roles: Role[];
  sessionVersion: number;
  grantMicros: number;
  /** The engine has confirmed the account. */
  opened: boolean;
};

const columns = (sql: Sql) => sql`
  id, username, password_hash as "passwordHash", roles, session_version as "sessionVersion",
  grant_micros::float8 as "grantMicros", opened`;

/** Usernames differ by more than case. */
export async function findUser(sql: Sql, username: string): Promise<UserRow | undefined> {
  const [row] = await sql<
    UserRow[]
  >`select ${columns(sql)} from brier.users where lower(username) = lower(${username})`;
  return row;
}

/** Names of accounts; unknown ones are left out. */
export async function usernames(sql: Sql, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await sql<{ id: number; username: string }[]>`
    select id, username from brier.users where id = any(${[...ids]}::int[])`;
  return new Map(rows.map(({ id, username }) => [id, username]));
}

/** The new user, or undefined when the name is taken. An id is drawn only for a name that is free. */
export async function insertUser(
  sql: Sql,
  user: { username: string; passwordHash: string; roles: readonly Role[]; grantMicros: number; at: number },
): Promise<UserRow | undefined> {
  const at = new Date(user.at);
  const [row] = await sql<UserRow[]>`
    insert into brier.users (username, password_hash, roles, grant_micros, created_at, changed_at)
    select ${user.username}, ${user.passwordHash}, ${[...user.roles]}::text[], ${user.grantMicros}::bigint, ${at}, ${at}
    where not exists (select from brier.users where lower(username) = lower(${user.username}))
    on conflict (lower(username)) do nothing
    returning ${columns(sql)}`;
  return row;
}

export async function markOpened(sql: Sql, id: number): Promise<void> {
  await sql`update brier.users set opened = true where id = ${id} and not opened`;
}

/** Replaces the roles and ends every session; the new session version, or undefined for an unknown user. */
export async function changeRoles(
  sql: Sql,
  change: { username: string; roles: readonly Role[]; at: number },
): Promise<UserRow | undefined> {
  const [row] = await sql<UserRow[]>`
    update brier.users
    set roles = ${[...change.roles]}::text[], session_version = session_version + 1, changed_at = ${new Date(change.at)}
    where lower(username) = lower(${change.username})
    returning ${columns(sql)}`;
  return row;
}

/** Ends every session of a user by a new version and, where given, a new password. */
export async function endSessions(
  sql: Sql,
  change: { id: number; at: number; passwordHash?: string },
): Promise<UserRow | undefined> {
  const at = new Date(change.at);
  const [row] = await sql<UserRow[]>`
    update brier.users
    set session_version = session_version + 1, changed_at = ${at},
      password_hash = coalesce(${change.passwordHash ?? null}::text, password_hash)
    where id = ${change.id}
    returning ${columns(sql)}`;
  await sql`update brier.refresh_families set revoked_at = ${at} where account = ${change.id} and revoked_at is null`;
  return row;
}
