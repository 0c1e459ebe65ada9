import { randomBytes } from 'node:crypto';
import type { Sql } from '../../persistence/postgres/connect.ts';
import {
  API_KEYS_PER_ACCOUNT_MAX,
  type ApiKeyRow,
  type ApiKeyScope,
  insertApiKey,
  listApiKeys,
  revokeApiKey,
} from '../../persistence/users/apiKeys.ts';
import type { AuthChanges } from '../auth/authChanges.ts';
import { SealedHashes } from '../auth/sealedHashes.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import { Refusal } from './refusal.ts';

/** Keys for bots. The secret is answered once, on creation; what is kept of it is its hash, encrypted. */
export class ApiKeys {
  private readonly deps: { sql: Sql; clock: () => number; changes: AuthChanges };
  private readonly hashes: SealedHashes;

  /** `secret`: the server’s own. */
  constructor(deps: { sql: Sql; secret: string; clock: () => number; changes: AuthChanges }) {
    this.deps = deps;
    this.hashes = new SealedHashes(deps.secret);
  }

  async create(
    account: number,
    wish: { name: string; scopes: ApiKeyScope[]; addresses: string[] },
  ): Promise<(ApiKeyRow & { secret: string }) | Refusal> {
    const secret = newSecret();
    const key = { id: randomBytes(12).toString('hex'), createdAt: this.deps.clock(), ...wish };
    const secretHash = this.hashes.seal(key.id, hashSecret(secret));
    if (await insertApiKey(this.deps.sql, { ...key, account, secretHash })) return { ...key, secret };
    return new Refusal('LIMIT_EXCEEDED', 'The account has as many API keys as it may', {
      limit: { name: 'apiKeysPerAccount', value: API_KEYS_PER_ACCOUNT_MAX },
    });
  }

  list(account: number): Promise<ApiKeyRow[]> {
    return listApiKeys(this.deps.sql, account);
  }

  /** Connections that the key let in are told. */
  async revoke(account: number, id: string): Promise<Refusal | undefined> {
    if (!(await revokeApiKey(this.deps.sql, { id, account, at: this.deps.clock() }))) {
      return new Refusal('NOT_FOUND', 'There is no such API key');
    }
    this.deps.changes.emit({ account, session: id });
    return undefined;
  }
}
