import { Accounts } from './accounts/accounts.ts';
import { FeeSum } from './accounts/fees.ts';
import { HolderRows } from './accounts/holderRows.ts';
import { Connections } from './connections/connections.ts';
import type { Market } from './market.ts';
import { ClientIds } from './order-book/clientIds.ts';
import { Expiries } from './order-book/expiries.ts';
import { Ladder } from './order-book/ladder.ts';
import { Orders } from './order-book/orders.ts';
import { Plan } from './order-book/plan.ts';
import { QuoteGroups } from './quotes/groups.ts';
import { Protection } from './quotes/protection.ts';
import { RecordBuffer } from './records/buffer.ts';
import { HOUSE } from './records/commands.ts';

/** Room that a shard's tables start with. They grow when it is used up, which stalls the loop for the copy. */
export type Reserve = { accounts: number; orders: number; clientIds: number; pages: number; holderWords: number };
/** A server's shard: a million orders and as many client ids. Memory that is not touched costs addresses only. */
export const SERVER: Reserve = {
  accounts: 1 << 16,
  orders: 1 << 20,
  clientIds: 1 << 20,
  pages: 1 << 13,
  holderWords: 1 << 22,
};
export const SMALL: Reserve = { accounts: 64, orders: 64, clientIds: 16, pages: 16, holderWords: 1 << 10 };

/** The whole state of a shard, and the command that is being applied to it. */
export class State {
  readonly accounts: Accounts;
  readonly orders: Orders;
  readonly clientIds: ClientIds;
  readonly ladder: Ladder;
  readonly holderRows: HolderRows;
  readonly expiries = new Expiries();
  readonly quoteGroups = new QuoteGroups();
  readonly connections = new Connections();
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
  readonly protection: Protection;
  readonly plan: Plan;
  /** The taker's exact fee of the plan. */
  readonly planFee = new FeeSum();
  events = new RecordBuffer(2);
  /** Outcomes (modulo 32, as bits) in which the position of the holder at hand has changed: only those are reported. */
  touched = 0;
  ticket = 0;
  /** What the DONE of the item of a batch, or the side of a mass quote, under way says in DONE_COUNT; else −1. */
  item = -1;

  constructor(reserve: Reserve = SMALL) {
    this.accounts = new Accounts(reserve.accounts);
    this.orders = new Orders(reserve.orders);
    this.clientIds = new ClientIds(reserve.clientIds);
    this.ladder = new Ladder(reserve.pages);
    this.holderRows = new HolderRows(reserve.holderWords);
    this.protection = new Protection(this);
    this.plan = new Plan(this.protection);
    this.accounts.open(HOUSE);
    this.accounts.count = 0;
  }
}
