import { Deadlines } from './deadlines.ts';

/** Numbers of armed connections: 1 … this, as TERMS has room for. */
export const CONNECTIONS_MAX = 63;

/** How one account's orders are bound to its connections. */
export class AccountConnections {
  readonly account: number;
  /** Connections that log in are armed. */
  armsAtLogin = false;
  /** Bit n − 1: the connection of number n is armed; its end cancels the orders that carry it. */
  private low = 0;
  private high = 0;
  armed = 0;
  /** The dead-man's switch: ms, 0 none. */
  cancelAt = 0;

  constructor(account: number) {
    this.account = account;
  }

  isArmed(number: number): boolean {
    if (number < 1 || number > CONNECTIONS_MAX) return false;
    return number <= 32 ? ((this.low >>> (number - 1)) & 1) === 1 : ((this.high >>> (number - 33)) & 1) === 1;
  }

  /** Arms the lowest number that is free; 0: none is. */
  arm(): number {
    for (let number = 1; number <= CONNECTIONS_MAX; number++) {
      if (this.isArmed(number)) continue;
      this.flip(number);
      this.armed++;
      return number;
    }
    return 0;
  }

  /** The number is free again; false if it was. */
  free(number: number): boolean {
    if (!this.isArmed(number)) return false;
    this.flip(number);
    this.armed--;
    return true;
  }

  numbers(): number[] {
    const found: number[] = [];
    for (let number = 1; number <= CONNECTIONS_MAX; number++) if (this.isArmed(number)) found.push(number);
    return found;
  }

  private flip(number: number): void {
    if (number <= 32) this.low ^= 1 << (number - 1);
    else this.high ^= 1 << (number - 33);
  }

  /** Is there anything to remember? */
  get isSet(): boolean {
    return this.armsAtLogin || this.armed > 0 || this.cancelAt !== 0;
  }

  /** For a snapshot: [account, arms at login, armed numbers as two words, cancelAt]. */
  values(): [number, number, number, number, number] {
    return [this.account, this.armsAtLogin ? 1 : 0, this.low, this.high, this.cancelAt];
  }

  /** What {@link values} gave, but for the switch. */
  restore(armsAtLogin: boolean, low: number, high: number): void {
    this.armsAtLogin = armsAtLogin;
    this.low = low;
    this.high = high;
    this.armed = this.numbers().length;
  }
}

/** Those of all accounts, and when their switches are due. */
export class Connections {
  private readonly accounts: (AccountConnections | undefined)[] = [];
  readonly deadlines = new Deadlines();

  find(account: number): AccountConnections | undefined {
    return this.accounts[account];
  }

  of(account: number): AccountConnections {
    let connections = this.accounts[account];
    if (connections === undefined) {
      connections = new AccountConnections(account);
      this.accounts[account] = connections;
    }
    return connections;
  }

  isArmed(account: number, number: number): boolean {
    return this.accounts[account]?.isArmed(number) === true;
  }

  setCancelAt(connections: AccountConnections, time: number): void {
    connections.cancelAt = time;
    this.deadlines.set(connections.account, time);
  }

  /** Those of which there is anything to remember, by account. */
  all(): AccountConnections[] {
    return this.accounts.filter((connections) => connections?.isSet === true) as AccountConnections[];
  }
}
