import { Accounts } from './accounts/accounts.ts';
import type { Market } from './market.ts';
import { ClientIds } from './order-book/clientIds.ts';
import { Orders } from './order-book/orders.ts';
import { RecordBuffer } from './records/buffer.ts';
import { HOUSE } from './records/commands.ts';

/** The whole state of a shard, and the command that is being applied to it. */
export class State {
  readonly accounts = new Accounts();
  readonly orders = new Orders();
  readonly clientIds = new ClientIds();
  readonly markets: Market[] = [];
  readonly marketBySlug = new Map<string, number>();
  /** Deposit references already credited: reference → account and amount. */
  readonly deposits = new Map<string, { account: number; amount: number }>();
  depositTotal = 0;
  withdrawalTotal = 0;
  feeTotal = 0;
  tradeCount = 0;

  /** Sequence and time of the last command; the time never goes back. */
  seq = 0;
  time = 0;
  /** Rolling digest of all events so far: equal on every replica that applied the same commands. */
  digest = 0;

  // The command under way.
  events = new RecordBuffer(2);
  ticket = 0;
  /** Resting orders filled by it. */
  fills = 0;

  constructor() {
    this.accounts.open(HOUSE);
    this.accounts.count = 0;
  }
}
