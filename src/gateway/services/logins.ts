import { randomUUID } from 'node:crypto';
import type { Sql } from '../../persistence/postgres/connect.ts';
import * as refreshTokens from '../../persistence/users/refreshTokens.ts';
import * as users from '../../persistence/users/users.ts';
import type { Role } from '../../protocol/wire.ts';
import { signAccessToken } from '../auth/accessToken.ts';
import type { AuthChanges } from '../auth/authChanges.ts';
import type { Identity } from '../auth/identity.ts';
import { OVERLOADED, type PasswordHasher } from '../auth/passwordHasher.ts';
import { hashSecret, newSecret } from '../auth/secrets.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import { openAccount } from './accountOpening.ts';
import { Refusal } from './refusal.ts';

/** An unused refresh token ends after this; a log-in as a whole, however often refreshed, after the second. */
export const REFRESH_TOKEN_MS = 30 * 86_400_000;
export const LOGIN_MS = 90 * 86_400_000;

export type Login = {
  account: number;
  username: string;
  roles: readonly Role[];
  accessToken: string;
  expiresAt: number;
  refreshToken: string;
  refreshExpiresAt: number;
};

type Credentials = { username: string; password: string };

const busy = () => new Refusal('OVERLOADED', 'Too many log-ins at once: try again', { retryAfterMs: 1000 });

/** Registration, log-in, refresh and log-out. */
export class Logins {
  private readonly deps: LoginsDeps;

  constructor(deps: LoginsDeps) {
    this.deps = deps;
  }

  /**
   * The user’s row first, then the engine’s account with the grant. A process that dies in between leaves a user whose
   * account is opened by the next log-in ({@link Logins.login}).
   */
  async register({ username, password }: Credentials): Promise<Login | Refusal> {
    const { sql, hasher, clock, signupGrantMicros } = this.deps;
    if ((await users.findUser(sql, username)) !== undefined) return nameTaken();
    const passwordHash = await hasher.hash(password);
    if (passwordHash === OVERLOADED) return busy();
    const user = await users.insertUser(sql, {
      username,
      passwordHash,
      roles: ['trader'],
      grantMicros: signupGrantMicros,
      at: clock(),
    });
    if (user === undefined) return nameTaken();
    return (await this.open(user)) ?? this.start(user);
  }

  /** Unknown user and wrong password: the same answer after the same time. */
  async login({ username, password }: Credentials): Promise<Login | Refusal> {
    const { sql, hasher } = this.deps;
    const user = await users.findUser(sql, username);
    const matches = await hasher.matches(password, user?.passwordHash);
    if (matches === OVERLOADED) return busy();
    if (!matches || user === undefined) return new Refusal('UNAUTHENTICATED', 'Unknown username or wrong password');
    return (await this.open(user)) ?? this.start(user);
  }

  /** Exchanges a refresh token for the next. One that was used before ends the whole log-in: two hold it. */
  async refresh(refreshToken: string): Promise<Login | Refusal> {
    const { sql, clock, secret, changes } = this.deps;
    const now = clock();
    const tokenHash = hashSecret(refreshToken);
    const successor = newSecret();
    const rotated = await refreshTokens.rotate(sql, {
      tokenHash,
      successorHash: hashSecret(successor),
      at: now,
      expiresAt: now + REFRESH_TOKEN_MS,
    });
    if (rotated === undefined) {
      const reused = await refreshTokens.revokeReused(sql, tokenHash, now);
      if (reused !== undefined) changes.emit({ account: reused.account, session: reused.family });
      return new Refusal('UNAUTHENTICATED', 'The refresh token is not valid or has expired: log in again');
    }
    const { account, username, roles, sessionVersion, family } = rotated;
    const access = signAccessToken(secret, { account, session: family, sessionVersion }, now);
    return { account, username, roles, ...access, refreshToken: successor, refreshExpiresAt: rotated.expiresAt };
  }

  /** Ends the log-in that a token belongs to, sockets included. Says nothing of whether there was one. */
  async logout(proof: { refreshToken: string | undefined; identity: Identity | undefined }): Promise<void> {
    const { sql, clock, changes } = this.deps;
    if (proof.refreshToken !== undefined) {
      const revoked = await refreshTokens.revokeFamilyOf(sql, hashSecret(proof.refreshToken), clock());
      if (revoked !== undefined) changes.emit({ account: revoked.account, session: revoked.family });
    }
    if (proof.identity !== undefined) {
      const { account, session } = proof.identity;
      await refreshTokens.revokeFamily(sql, session, clock());
      changes.emit({ account, session });
    }
  }

  /** A new password ends every session but starts one anew. */
  async changePassword(identity: Identity, current: string, next: string): Promise<Login | Refusal> {
    const { sql, hasher, clock, changes } = this.deps;
    const user = await users.findUser(sql, identity.username);
    const matches = await hasher.matches(current, user?.passwordHash);
    if (matches === OVERLOADED) return busy();
    if (!matches || user === undefined) return new Refusal('FORBIDDEN', 'Wrong password', { field: 'password' });
    const passwordHash = await hasher.hash(next);
    if (passwordHash === OVERLOADED) return busy();
    const changed = await users.endSessions(sql, { id: user.id, at: clock(), passwordHash });
    if (changed === undefined) return new Refusal('NOT_FOUND', 'There is no such account');
    changes.emit({ account: changed.id, sessionVersion: changed.sessionVersion });
    return this.start(changed);
  }

  private async open(user: users.UserRow): Promise<Refusal | undefined> {
    if (user.opened) return undefined;
    const refused = await openAccount(this.deps.port, user.id, user.grantMicros);
    if (refused === undefined) await users.markOpened(this.deps.sql, user.id);
    return refused;
  }

  private async start(user: users.UserRow): Promise<Login> {
    const { sql, clock, secret } = this.deps;
    const now = clock();
    const refreshToken = newSecret();
    const refreshExpiresAt = now + REFRESH_TOKEN_MS;
    const family = randomUUID();
    await refreshTokens.startFamily(sql, {
      family,
      account: user.id,
      tokenHash: hashSecret(refreshToken),
      at: now,
      tokenExpiresAt: refreshExpiresAt,
      familyExpiresAt: now + LOGIN_MS,
    });
    const { id: account, username, roles, sessionVersion } = user;
    const access = signAccessToken(secret, { account, session: family, sessionVersion }, now);
    return { account, username, roles, ...access, refreshToken, refreshExpiresAt };
  }
}

export type LoginsDeps = {
  sql: Sql;
  port: EnginePort;
  hasher: PasswordHasher;
  clock: () => number;
  secret: string;
  changes: AuthChanges;
  signupGrantMicros: number;
};

const nameTaken = () => new Refusal('CONFLICT', 'The username is taken', { field: 'username' });
