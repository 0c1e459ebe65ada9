import { LIMITS } from '../../engines/limits.ts';
import { DUPLICATE } from '../../engines/records/events.ts';
import type { Sql } from '../../persistence/postgres/connect.ts';
import { changeRoles, endSessions, findUser, markOpened, type UserRow } from '../../persistence/users/users.ts';
import { formatMoney, parseMoney } from '../../protocol/units.ts';
import type { Role } from '../../protocol/wire.ts';
import type { AuthChanges } from '../auth/authChanges.ts';
import type { Identity } from '../auth/identity.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import { openAccount } from './accountOpening.ts';
import { accountRiskRecord, depositRecord } from './commandRecords.ts';
import { engineRefusal } from './engineRefusal.ts';
import type { JsonObject } from './json.ts';
import { Refusal } from './refusal.ts';

export type OperationsDeps = { sql: Sql; port: EnginePort; changes: AuthChanges; clock: () => number };

/** What operators do to accounts. */
export class Operations {
  private readonly deps: OperationsDeps;

  constructor(deps: OperationsDeps) {
    this.deps = deps;
  }

  /** Credits an account once per reference: a repeat is a `duplicate`, the same reference for something else a CONFLICT. */
  async deposit(
    username: string,
    { amount, reference }: { amount: string; reference: string },
  ): Promise<{ body: JsonObject; duplicate: boolean } | Refusal> {
    const { port } = this.deps;
    const micros = parseMoney(amount);
    if (micros < 1) {
      return new Refusal('INVALID_REQUEST', 'The amount must be positive, at most a billion, with 6 decimals at most', {
        field: 'amount',
      });
    }
    const user = await this.user(username);
    if (user instanceof Refusal) return user;
    const unopened = user.opened ? undefined : await this.open(user);
    if (unopened !== undefined) return unopened;
    const reply = await port.request(depositRecord(port, user.id, micros, reference));
    const refused = engineRefusal(reply);
    if (refused !== undefined) return refused;
    const duplicate = (reply.flags & DUPLICATE) !== 0;
    const body = { account: user.username, amount: formatMoney(micros), reference, seq: reply.seq };
    return { body: duplicate ? { ...body, duplicate } : body, duplicate };
  }

  /**
   * Blocks an account from new orders or lets it trade again, and limits how many may be open; what is not named stays as it
   * is. A block cancels its open orders, however many commands that takes.
   */
  async setRisk(
    username: string,
    wish: { blocked?: boolean | undefined; openOrders?: number | null | undefined },
  ): Promise<JsonObject | Refusal> {
    const { port } = this.deps;
    const user = await this.user(username);
    if (user instanceof Refusal) return user;
    const unopened = user.opened ? undefined : await this.open(user);
    if (unopened !== undefined) return unopened;
    const { blocked, openOrders } = wish;
    let canceled = 0;
    for (;;) {
      const reply = await port.request(accountRiskRecord(port, user.id, blocked, openOrders));
      const refused = engineRefusal(reply);
      if (refused !== undefined) return refused;
      canceled += reply.count;
      if (reply.count < LIMITS.cancelsPerCommand) return { account: user.username, canceled, seq: reply.seq };
    }
  }

  /** Replaces an account’s roles; its sessions end, live sockets included. */
  async setRoles(by: Identity, username: string, roles: readonly Role[]): Promise<JsonObject | Refusal> {
    const { sql, clock, changes } = this.deps;
    // Nobody can lock the last operator out by mistake.
    if (by.username.toLowerCase() === username.toLowerCase()) {
      return new Refusal('CONFLICT', 'Another operator has to change your roles');
    }
    const user = await changeRoles(sql, { username, roles, at: clock() });
    if (user === undefined) return unknownAccount();
    changes.emit({ account: user.id, sessionVersion: user.sessionVersion });
    return { username: user.username, roles: user.roles };
  }

  /** Ends every session of an account. */
  async endSessions(username: string): Promise<Refusal | undefined> {
    const { sql, clock, changes } = this.deps;
    const user = await this.user(username);
    if (user instanceof Refusal) return user;
    const ended = await endSessions(sql, { id: user.id, at: clock() });
    if (ended !== undefined) changes.emit({ account: ended.id, sessionVersion: ended.sessionVersion });
    return undefined;
  }

  private async user(username: string): Promise<UserRow | Refusal> {
    return (await findUser(this.deps.sql, username)) ?? unknownAccount();
  }

  /** An account whose registration was interrupted is opened first, with its grant. */
  private async open(user: UserRow): Promise<Refusal | undefined> {
    const refused = await openAccount(this.deps.port, user.id, user.grantMicros);
    if (refused === undefined) await markOpened(this.deps.sql, user.id);
    return refused;
  }
}

const unknownAccount = () => new Refusal('NOT_FOUND', 'There is no such account', { field: 'username' });
