import type { Role } from '../../protocol/wire.ts';
import type { Sql } from '../postgres/connect.ts';

export type ApiKeyScope = 'read' | 'trade';
export type ApiKeyRow = { id: string; name: string; scopes: ApiKeyScope[]; addresses: string[]; createdAt: number };
export type ApiKeyHolder = ApiKeyRow & {
  account: number;
  username: string;
  roles: Role[];
  sessionVersion: number;
  /** Encrypted by whoever made it. */
  secretHash: Uint8Array;
};

/** Keys of one account, those revoked within the last day included; past it a new one is refused. */
export const API_KEYS_PER_ACCOUNT_MAX = 50;
const REVOKED_KEPT_MS = 24 * 3_600_000;

const columns = (sql: Sql) => sql`
  k.id, k.name, k.scopes, k.addresses, (extract(epoch from k.created_at) * 1000)::float8 as "createdAt"`;

/** False: the account has as many keys as it may. */
export async function insertApiKey(
  sql: Sql,
  key: Omit<ApiKeyRow, 'createdAt'> & { account: number; secretHash: Uint8Array; createdAt: number },
): Promise<boolean> {
  const forgetBefore = new Date(key.createdAt - REVOKED_KEPT_MS);
  await sql`delete from brier.api_keys where account = ${key.account} and revoked_at < ${forgetBefore}`;
  const rows = await sql`
    insert into brier.api_keys (id, account, name, scopes, addresses, secret_hash, created_at)
    select ${key.id}, ${key.account}, ${key.name}, ${key.scopes}::text[], ${key.addresses}::text[], ${key.secretHash},
      ${new Date(key.createdAt)}
    where (select count(*) from brier.api_keys where account = ${key.account}) < ${API_KEYS_PER_ACCOUNT_MAX}
    returning id`;
  return rows.length > 0;
}

export const listApiKeys = (sql: Sql, account: number): Promise<ApiKeyRow[]> => sql<ApiKeyRow[]>`
  select ${columns(sql)} from brier.api_keys k
  where k.account = ${account} and k.revoked_at is null order by k.created_at desc, k.id`;

/** A live key with its holder. */
export async function findApiKey(sql: Sql, id: string): Promise<ApiKeyHolder | undefined> {
  const [row] = await sql<ApiKeyHolder[]>`
    select ${columns(sql)}, k.account, k.secret_hash as "secretHash", u.username, u.roles,
      u.session_version as "sessionVersion"
    from brier.api_keys k join brier.users u on u.id = k.account
    where k.id = ${id} and k.revoked_at is null`;
  return row;
}

/** False: the account has no such live key. */
export async function revokeApiKey(sql: Sql, key: { id: string; account: number; at: number }): Promise<boolean> {
  const rows = await sql`
    update brier.api_keys set revoked_at = ${new Date(key.at)}
    where id = ${key.id} and account = ${key.account} and revoked_at is null returning id`;
  return rows.length > 0;
}
