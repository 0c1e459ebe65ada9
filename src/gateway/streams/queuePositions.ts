import * as R from '../../engines/records/buffer.ts';
import { groupOfTerms } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { Records } from '../orders/orderJson.ts';
import type { Conflation } from './conflation.ts';
import type { OrderBooks } from './orderBooks.ts';
import type { Outlet } from './outlet.ts';
import { OwnQueues } from './ownQueues.ts';
import type { PrivateSubscription } from './privateSubscription.ts';

/** What positions in queues are told from. */
export type QueueParts = { port: EnginePort; data: MarketData; books: OrderBooks; conflation: Conflation };

/** Of every account that listens: how much stands before its orders. Nothing is computed for others. */
export class QueuePositions {
  private readonly accounts = new Map<number, OwnQueues>();
  private readonly parts: QueueParts;

  constructor(parts: QueueParts) {
    this.parts = parts;
  }

  get size(): number {
    return this.accounts.size;
  }

  begin(account: number, subscription: PrivateSubscription, outlet: Outlet): void {
    let queues = this.accounts.get(account);
    if (queues === undefined) {
      queues = new OwnQueues(account, this.parts);
      this.accounts.set(account, queues);
    }
    queues.begin(subscription, outlet);
  }

  end(account: number, subscription: PrivateSubscription): void {
    if (this.accounts.get(account)?.end(subscription) === true) this.accounts.delete(account);
  }

  /** Takes in an ORDER record. Quotes have no ids by which one could be told of them. */
  add({ i32, f64 }: Records, at: number): void {
    const queues = this.accounts.get(i32[at + R.ACCOUNT] as number);
    if (queues === undefined || groupOfTerms(i32[at + E.ORDER_TERMS] as number) !== 0) return;
    const id = f64[(at + E.ORDER_ID) >> 1] as number;
    if (i32[at + E.ORDER_STATUS] === E.STATUS.OPEN) queues.track(id, i32[at + R.MARKET] as number);
    else queues.untrack(id);
  }
}
