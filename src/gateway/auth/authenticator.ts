import { BlockList, isIPv4 } from 'node:net';
import type { Sql } from '../../persistence/postgres/connect.ts';
import { findApiKey } from '../../persistence/users/apiKeys.ts';
import { findSession, type SessionRow } from '../../persistence/users/sessions.ts';
import { Refusal } from '../services/refusal.ts';
import { readAccessToken } from './accessToken.ts';
import type { AuthChanges } from './authChanges.ts';
import type { Identity } from './identity.ts';
import { SealedHashes } from './sealedHashes.ts';
import { type SignedRequest, sameText, signRequest, signTimestamp } from './secrets.ts';
import { UsedSignatures } from './usedSignatures.ts';

/** How long what the database said of a session is believed: ended elsewhere, it is refused here within a second. */
const SESSION_CACHE_MS = 500;
/** Sessions remembered; past it all are forgotten and asked for again. */
const SESSION_CACHE_MAX = 50_000;
/** How far an API key’s timestamp may be from our clock. */
export const TIMESTAMP_TOLERANCE_MS = 30_000;
/** A connection let in by an API key signs again after this long. */
export const API_KEY_SESSION_MS = 24 * 3_600_000;

/** What proves that one holds a key. `address`: where the proof came from. */
export type KeyProof = { apiKey: string; timestamp: number; signature: string; address: string };

const unauthenticated = (message: string): Refusal => new Refusal('UNAUTHENTICATED', message);

/** Proves identities, whatever the transport: HTTP, WebSocket, socket.io. */
export class Authenticator {
  private readonly cache = new Map<string, { readAt: number; row: Promise<SessionRow | undefined> }>();
  private readonly used = new UsedSignatures();
  private readonly hashes: SealedHashes;
  private readonly sql: Sql;
  private readonly secret: string;
  private readonly clock: () => number;

  constructor(deps: { sql: Sql; secret: string; clock: () => number; changes: AuthChanges }) {
    this.sql = deps.sql;
    this.secret = deps.secret;
    this.hashes = new SealedHashes(deps.secret);
    this.clock = deps.clock;
    // Rare, so forgetting everybody is the simplest that is right.
    deps.changes.on(() => this.cache.clear());
  }

  /** Rejects only when the database cannot be asked. */
  async verifyAccessToken(token: string): Promise<Identity | Refusal> {
    const claims = readAccessToken(this.secret, token, this.clock());
    if (claims === undefined) return unauthenticated('The access token is not valid or has expired');
    const row = await this.session(claims.account, claims.session);
    if (row === undefined || !row.live || row.sessionVersion !== claims.sessionVersion) {
      return unauthenticated('The session of this access token has ended');
    }
    const { account, session, sessionVersion, expiresAt } = claims;
    const { username, roles } = row;
    return { account, username, roles, scopes: ['read', 'trade'], expiresAt, sessionVersion, session };
  }

  /**
   * `signature` as {@link signTimestamp} makes it. While its timestamp is good a signature is taken from one address alone: whoever
   * sees it cannot use it. Rejects only when the database cannot be asked.
   */
  verifyApiKey(key: KeyProof): Promise<Identity | Refusal> {
    return this.verifyKey(key, (secretHash) => signTimestamp(secretHash, key.timestamp), key.address);
  }

  /** The same for a request over HTTP, with a signature by {@link signRequest}, which is good once. */
  verifySignedRequest(key: KeyProof, request: SignedRequest): Promise<Identity | Refusal> {
    return this.verifyKey(key, (secretHash) => signRequest(secretHash, key.timestamp, request), undefined);
  }

  /** The answer is the same whatever was wrong with key or signature. `by`: who may use the signature again. */
  private async verifyKey(
    { apiKey, timestamp, signature, address }: KeyProof,
    sign: (secretHash: Uint8Array) => string,
    by: string | undefined,
  ): Promise<Identity | Refusal> {
    const now = this.clock();
    // Not `> …`: what is no number is refused.
    if (!(Math.abs(now - timestamp) <= TIMESTAMP_TOLERANCE_MS)) {
      return new Refusal('UNAUTHENTICATED', 'The timestamp is more than 30 s from the server’s time', {
        field: 'timestamp',
      });
    }
    const holder = await findApiKey(this.sql, apiKey);
    const secretHash = holder && this.hashes.open(holder.id, holder.secretHash);
    const expected = sign(secretHash ?? NO_SECRET);
    const signed = sameText(expected, signature.toLowerCase());
    if (!signed || holder === undefined || secretHash === undefined)
      return unauthenticated('The API key or its signature is not valid');
    if (!allows(holder.addresses, address)) {
      return new Refusal('FORBIDDEN', 'The API key may not be used from this address');
    }
    if (!this.used.take(expected, by, timestamp + TIMESTAMP_TOLERANCE_MS, now)) {
      return new Refusal('UNAUTHENTICATED', 'This signature was used before: sign with another timestamp', {
        field: 'timestamp',
      });
    }
    const { account, username, roles, scopes, sessionVersion } = holder;
    return {
      account,
      username,
      roles,
      scopes,
      sessionVersion,
      expiresAt: now + API_KEY_SESSION_MS,
      session: holder.id,
    };
  }

  private async session(account: number, family: string): Promise<SessionRow | undefined> {
    const key = `${account} ${family}`;
    const now = performance.now();
    const known = this.cache.get(key);
    if (known !== undefined && now - known.readAt < SESSION_CACHE_MS) return known.row;
    if (this.cache.size >= SESSION_CACHE_MAX) this.cache.clear();
    const row = findSession(this.sql, account, family);
    this.cache.set(key, { readAt: now, row });
    row.catch(() => this.cache.delete(key));
    return row;
  }
}

const NO_SECRET = Buffer.alloc(32);

/** `ranges` are addresses and networks, `10.0.0.7` or `2001:db8::/32`. An empty list allows every address. */
function allows(ranges: readonly string[], address: string): boolean {
  if (ranges.length === 0) return true;
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = isIPv4(network) ? 'ipv4' : 'ipv6';
    list.addSubnet(network, bits === undefined ? (family === 'ipv4' ? 32 : 128) : Number(bits), family);
  }
  return list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}
