import type { Role } from '../../protocol/wire.ts';
import type { Sql } from '../postgres/connect.ts';

/** Log-ins one account has at once; past it the oldest ends. */
export const SESSIONS_PER_ACCOUNT_MAX = 500;

/** Used tokens that a family remembers, to notice that one comes back; one older than these is merely unknown. */
export const USED_TOKENS_KEPT = 100;

/** Starts a family of refresh tokens with its first; makes room by ending expired and oldest families. */
export async function startFamily(
  sql: Sql,
  start: {
    family: string;
    account: number;
    tokenHash: Uint8Array;
    at: number;
    tokenExpiresAt: number;
    familyExpiresAt: number;
  },
): Promise<void> {
  const at = new Date(start.at);
  await sql`
    delete from brier.refresh_families where account = ${start.account} and (expires_at <= ${at} or id in (
      select id from brier.refresh_families where account = ${start.account}
      order by created_at desc offset ${SESSIONS_PER_ACCOUNT_MAX - 1}))`;
  await sql`
    with family as (
      insert into brier.refresh_families (id, account, created_at, expires_at)
      values (${start.family}, ${start.account}, ${at}, ${new Date(start.familyExpiresAt)}) returning id)
    insert into brier.refresh_tokens (token_hash, family, issued_at, expires_at)
    select ${start.tokenHash}, id, ${at}, ${new Date(start.tokenExpiresAt)} from family`;
}

export type Rotated = {
  family: string;
  account: number;
  username: string;
  roles: Role[];
  sessionVersion: number;
  /** ms: of the new token */
  expiresAt: number;
};

/**
 * Exchanges a token that was never used for its successor, in one statement: of two that try at once one succeeds.
 * undefined: unknown, expired, revoked or used before (see {@link revokeReused}).
 */
export async function rotate(
  sql: Sql,
  exchange: { tokenHash: Uint8Array; successorHash: Uint8Array; at: number; expiresAt: number },
): Promise<Rotated | undefined> {
  const at = new Date(exchange.at);
  const [row] = await sql<Rotated[]>`
    with used as (
      update brier.refresh_tokens t set used_at = ${at}
      from brier.refresh_families f
      where t.token_hash = ${exchange.tokenHash} and t.used_at is null and t.expires_at > ${at}
        and f.id = t.family and f.revoked_at is null and f.expires_at > ${at}
      returning t.family, t.generation, f.account, f.expires_at as family_expires_at),
    issued as (
      insert into brier.refresh_tokens (token_hash, family, generation, issued_at, expires_at)
      select ${exchange.successorHash}, family, generation + 1, ${at}, least(${new Date(exchange.expiresAt)}, family_expires_at) from used
      returning family, expires_at),
    forgotten as (
      delete from brier.refresh_tokens t using used
      where t.family = used.family and t.generation <= used.generation - ${USED_TOKENS_KEPT})
    select used.family, u.id as account, u.username, u.roles, u.session_version as "sessionVersion",
      (extract(epoch from issued.expires_at) * 1000)::float8 as "expiresAt"
    from used join issued using (family) join brier.users u on u.id = used.account`;
  return row;
}

export type RevokedFamily = { family: string; account: number };

/** Ends the family of a token that was used before: somebody else has a copy of it. undefined: it was not. */
export async function revokeReused(sql: Sql, tokenHash: Uint8Array, at: number): Promise<RevokedFamily | undefined> {
  const [row] = await sql<RevokedFamily[]>`
    update brier.refresh_families f set revoked_at = ${new Date(at)}
    from brier.refresh_tokens t
    where t.token_hash = ${tokenHash} and t.used_at is not null and f.id = t.family and f.revoked_at is null
    returning f.id as family, f.account`;
  return row;
}

/** Ends the family of a token, used or not. */
export async function revokeFamilyOf(sql: Sql, tokenHash: Uint8Array, at: number): Promise<RevokedFamily | undefined> {
  const [row] = await sql<RevokedFamily[]>`
    update brier.refresh_families f set revoked_at = ${new Date(at)}
    from brier.refresh_tokens t
    where t.token_hash = ${tokenHash} and f.id = t.family and f.revoked_at is null
    returning f.id as family, f.account`;
  return row;
}

export async function revokeFamily(sql: Sql, family: string, at: number): Promise<void> {
  await sql`update brier.refresh_families set revoked_at = ${new Date(at)} where id = ${family} and revoked_at is null`;
}
