import type { EngineImage } from '../../engines/image.ts';
import { ACCOUNT } from '../../engines/records/buffer.ts';
import { readClientId } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';

/**
 * What the gateway must know of accounts before they ask: what their quote groups are called, which orders name by number, and
 * whose connections are armed when they log in. Bounded by the engine’s limits (accounts, groups of an account).
 */
export class AccountSettings {
  /** By account, then by number. Groups are never forgotten, nor renamed. */
  private readonly groups = new Map<number, string[]>();
  private readonly armed: Set<number>;

  constructor({ connections, quoteGroups }: Pick<EngineImage, 'connections' | 'quoteGroups'>) {
    this.armed = new Set(connections.defaults);
    for (const { account, group, name } of quoteGroups) this.addGroup(account, group, name);
  }

  /** Takes in an event of a quote group or of an account’s connections. */
  apply(i32: Int32Array, kind: number, at: number): void {
    const account = i32[at + ACCOUNT] as number;
    if (kind === E.EVENT.CONNECTION) {
      if (i32[at + E.CONNECTION_DEFAULT] === 1) this.armed.add(account);
      else this.armed.delete(account);
    } else {
      const length = i32[at + E.GROUP_EVENT_NAME_LENGTH] as number;
      const number = i32[at + E.GROUP_NUMBER] as number;
      if (this.groups.get(account)?.[number] !== undefined) return;
      this.addGroup(account, number, readClientId(i32, at + E.GROUP_EVENT_NAME, length));
    }
  }

  private addGroup(account: number, number: number, name: string): void {
    const names = this.groups.get(account);
    if (names === undefined) {
      const first: string[] = [];
      first[number] = name;
      this.groups.set(account, first);
    } else names[number] = name;
  }

  /** The name of an account’s quote group. */
  groupName(account: number, number: number): string {
    const name = this.groups.get(account)?.[number];
    if (name === undefined) throw new Error(`account ${account} has no quote group ${number}`);
    return name;
  }

  /** Whether the orders of a connection that logs in are to end with it. */
  armsAtLogin(account: number): boolean {
    return this.armed.has(account);
  }
}
