import * as R from '../../engines/records/buffer.ts';
import { groupOfTerms } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import { isRepeated } from '../../persistence/read-model/records.ts';
import { takerOf } from '../../persistence/resume/privateRecords.ts';
import { endsGroup } from '../engine-port/groups.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { orderJson, type Records } from '../orders/orderJson.ts';
import { protectionFields, quoteFields } from '../orders/quotesView.ts';
import { positionView } from '../orders/rows.ts';
import type { PrivateSubscription } from './privateSubscription.ts';

import { balanceFields, fillMessageFields, selfTradeFields } from './records.ts';

/** Where the records of one group are that concern one account. A fill is its TRADE’s word × 2, + 1 for the taker. */
export class AccountRecords {
  /** ORDER and SELF_TRADE records, in their order, without those of quotes. */
  readonly orders: number[] = [];
  /** ORDER records of quotes and QUOTE_GROUP records, in their order. */
  readonly quotes: number[] = [];
  readonly fills: number[] = [];
  readonly positions: number[] = [];
  /** The last BALANCE, −1 none. */
  balance = -1;

  clear(): void {
    this.orders.length = this.quotes.length = this.fills.length = this.positions.length = 0;
    this.balance = -1;
  }

  add({ i32 }: Records, kind: number, at: number): void {
    if (kind === E.EVENT.ORDER) {
      if (groupOfTerms(i32[at + E.ORDER_TERMS] as number) !== 0) this.quotes.push(at);
      else if (!isRepeated(i32, at)) this.orders.push(at);
    } else if (kind === E.EVENT.SELF_TRADE) this.orders.push(at);
    else if (kind === E.EVENT.QUOTE_GROUP) this.quotes.push(at);
    else if (kind === E.EVENT.POSITION) this.positions.push(at);
    else if (kind === E.EVENT.BALANCE) this.balance = at;
  }

  collect(records: Records, start: number, account: number): this {
    const { i32 } = records;
    this.clear();
    for (let at = start; !endsGroup(i32, at); at += i32[at] as number) {
      const kind = i32[at + R.KIND] as number;
      if (kind === E.EVENT.TRADE) {
        if (takerOf(i32, at) === account) this.fills.push(at * 2 + 1);
        if (i32[at + E.TRADE_MAKER] === account) this.fills.push(at * 2);
      } else if (i32[at + R.ACCOUNT] === account) this.add(records, kind, at);
    }
    return this;
  }
}

const NONE: readonly number[] = [];
const logged = new AccountRecords();

/** The private channels of one account: what changed for it, told to each of its connections. */
export class AccountFeed {
  readonly account: number;
  readonly subscriptions = new Set<PrivateSubscription>();
  readonly group = new AccountRecords();
  touched = false;
  /** Micros, once a snapshot or an event has told them. */
  balance = 0;
  held = 0;
  private readonly data: MarketData;

  constructor(account: number, data: MarketData) {
    this.account = account;
    this.data = data;
  }

  /** Tells the group that was collected, then forgets it. */
  flush(records: Records, seq: number): void {
    const { group } = this;
    this.touched = false;
    if (group.balance >= 0) {
      this.balance = records.f64[(group.balance + E.BALANCE_BALANCE) >> 1] as number;
      this.held = records.f64[(group.balance + E.BALANCE_HELD) >> 1] as number;
    }
    for (const subscription of this.subscriptions) {
      if (subscription.begun) this.tell(subscription, records, group, seq);
    }
    group.clear();
  }

  /** Replays logged groups to a subscription that has begun. */
  replay(subscription: PrivateSubscription, log: Records, groups: readonly number[]): void {
    for (const start of groups) {
      const seq = log.f64[(start + R.SEQ) >> 1] as number;
      this.tell(subscription, log, logged.collect(log, start, this.account), seq);
    }
  }

  private tell(subscription: PrivateSubscription, records: Records, group: AccountRecords, seq: number): void {
    const { ch } = subscription.granted;
    if (ch === 'account') {
      if (group.balance >= 0 || group.positions.length > 0) {
        subscription.send(seq, this.accountFields(records, group.positions), false);
      }
      return;
    }
    const all = ch === 'orders' ? group.orders : ch === 'quotes' ? group.quotes : group.fills;
    const chosen = this.filter(subscription.market, records, all, ch);
    for (let i = 0; i < chosen.length; i++) {
      const at = chosen[i] as number;
      let fields: string;
      if (ch === 'orders') fields = this.orderFields(records, at);
      else if (ch === 'quotes') fields = this.quoteFields(records, at);
      else fields = this.fillFields(records, group, at);
      subscription.send(seq, fields, i + 1 < chosen.length);
    }
  }

  private filter(market: number | undefined, { i32 }: Records, all: readonly number[], ch: string): readonly number[] {
    if (market === undefined) return all;
    const of = all.filter((at) => {
      const record = ch === 'fills' ? at >> 1 : at;
      // A group is about all its markets.
      return i32[record + R.MARKET] === market || i32[record + R.KIND] === E.EVENT.QUOTE_GROUP;
    });
    return of.length > 0 ? of : NONE;
  }

  private marketOf({ i32 }: Records, at: number): MarketState {
    return this.data.markets[i32[at + R.MARKET] as number] as MarketState;
  }

  private orderFields(records: Records, at: number): string {
    const market = this.marketOf(records, at);
    if (records.i32[at + R.KIND] === E.EVENT.SELF_TRADE) return selfTradeFields(records, at, market);
    return `"order":${orderJson(records, at, market)}`;
  }

  private quoteFields(records: Records, at: number): string {
    const { i32 } = records;
    const quote = i32[at + R.KIND] === E.EVENT.ORDER;
    const number = quote ? groupOfTerms(i32[at + E.ORDER_TERMS] as number) : (i32[at + E.GROUP_NUMBER] as number);
    const name = this.data.accounts.groupName(this.account, number);
    return quote ? quoteFields(records, at, this.marketOf(records, at), name) : protectionFields(records, at, name);
  }

  private fillFields(records: Records, { orders, quotes }: AccountRecords, fill: number): string {
    const at = fill >> 1;
    const taker = (fill & 1) === 1;
    const { i32, f64 } = records;
    const id = f64[(at + (taker ? E.TRADE_TAKER_ORDER : E.TRADE_MAKER_ORDER)) >> 1];
    let orderAt = -1;
    for (const order of orders) {
      if (i32[order + R.KIND] === E.EVENT.ORDER && f64[(order + E.ORDER_ID) >> 1] === id) orderAt = order;
    }
    const fields = fillMessageFields(records, at, taker, orderAt, this.marketOf(records, at));
    // Quotes never take.
    if (taker || orderAt >= 0) return fields;
    const quote = quotes.find(
      (order) => i32[order + R.KIND] === E.EVENT.ORDER && f64[(order + E.ORDER_ID) >> 1] === id,
    );
    if (quote === undefined) return fields;
    const number = groupOfTerms(i32[quote + E.ORDER_TERMS] as number);
    return `"group":"${this.data.accounts.groupName(this.account, number)}",${fields}`;
  }

  /** Balances as they are now, and of each position that changed its last state. */
  private accountFields(records: Records, positions: readonly number[]): string {
    const { i32, f64 } = records;
    const last = new Map<number, number>();
    for (const at of positions)
      last.set((i32[at + R.MARKET] as number) * 64 + (i32[at + E.POSITION_OUTCOME] as number), at);
    const views = Array.from(last.values(), (at) =>
      positionView(
        {
          market: i32[at + R.MARKET] as number,
          outcome: i32[at + E.POSITION_OUTCOME] as number,
          shares: f64[(at + E.POSITION_SHARES) >> 1] as number,
          held: f64[(at + E.POSITION_HELD) >> 1] as number,
          cost: f64[(at + E.POSITION_COST) >> 1] as number,
          realized: f64[(at + E.POSITION_REALIZED) >> 1] as number,
        },
        this.marketOf(records, at),
      ),
    );
    return `${balanceFields(this.balance, this.held)},"positions":${JSON.stringify(views)}`;
  }
}
