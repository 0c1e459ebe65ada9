import type { QuotesJson } from '../../engines/queries/quotes.ts';
import type { AccountJson } from '../../engines/queries.ts';
import * as R from '../../engines/records/buffer.ts';
import { readText } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import type { ChannelRequest } from '../../protocol/requests.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { encodeAccountQuery } from '../orders/encode.ts';
import { encodeQuotesQuery } from '../orders/quotes.ts';
import { quotesView } from '../orders/quotesView.ts';
import { orderView, positionView } from '../orders/rows.ts';
import type { AccountFeed } from './accountFeed.ts';
import type { PrivateSubscription } from './privateSubscription.ts';
import { balanceFields } from './records.ts';

/** A subscription that a snapshot opens; `resumed`: in place of what it missed. */
export type Opening = { subscription: PrivateSubscription; resumed: boolean };

/**
 * The snapshots that private channels begin with: what an account has is known to the engine, so it is asked, once for all
 * channels of a request. Each begins at the `seq` of the answer.
 */
export class PrivateSnapshots {
  private readonly port: EnginePort;
  private readonly data: MarketData;
  private readonly feedOf: (account: number) => AccountFeed | undefined;

  /** `feedOf`: where to note the balance, if anybody listens to the account. */
  constructor(port: EnginePort, data: MarketData, feedOf: (account: number) => AccountFeed | undefined) {
    this.port = port;
    this.data = data;
    this.feedOf = feedOf;
  }

  /** Asks for what these channels begin with; gives what has a subscription opened by it. Undefined: the ring is full. */
  ask(account: number, channels: readonly ChannelRequest[]): ((opening: Opening) => void) | undefined {
    const ofAccount: Opening[] = [];
    const ofQuotes: Opening[] = [];
    const some = (of: (ch: string) => boolean) => channels.some(({ ch }) => of(ch));
    if (some((ch) => ch === 'orders' || ch === 'account') && !this.askAccount(account, ofAccount)) return undefined;
    if (some((ch) => ch === 'quotes') && !this.askQuotes(account, ofQuotes)) return undefined;
    return (opening) => {
      const { subscription, resumed } = opening;
      const { ch } = subscription.granted;
      if (ch === 'fills') subscription.snapshot(this.data.seq, '"fills":[]', resumed);
      else (ch === 'quotes' ? ofQuotes : ofAccount).push(opening);
    };
  }

  /** False: the ring is full. */
  private askAccount(account: number, openings: readonly Opening[]): boolean {
    return this.port.send(encodeAccountQuery(this.port, account), {
      done: ({ i32, f64 }, from, doneAt) => {
        const seq = f64[(doneAt + R.SEQ) >> 1] as number;
        // Refused: the account is not open yet, and has nothing.
        const refused = i32[doneAt + R.CODE] !== 0;
        const answer: AccountJson = refused
          ? { seq, balance: 0, held: 0, positions: [], orders: [] }
          : JSON.parse(readText(i32, from + E.ANSWER_TEXT));
        const feed = this.feedOf(account);
        if (feed !== undefined) {
          feed.balance = answer.balance;
          feed.held = answer.held;
        }
        for (const { subscription, resumed } of openings) {
          if (!subscription.ended) subscription.snapshot(seq, this.accountFields(subscription, answer), resumed);
        }
      },
    });
  }

  private accountFields(
    { granted: { ch }, market }: PrivateSubscription,
    { balance, held, positions, orders }: AccountJson,
  ): string {
    const of = (row: { market: number }) => this.data.markets[row.market] as MarketState;
    if (ch === 'account') {
      const amounts = balanceFields(balance, held);
      return `${amounts},"positions":${JSON.stringify(positions.map((row) => positionView(row, of(row))))}`;
    }
    const chosen = market === undefined ? orders : orders.filter((row) => row.market === market);
    return `"orders":${JSON.stringify(chosen.map((row) => orderView(row, of(row))))}`;
  }

  /** As {@link askAccount}, of the quotes. */
  private askQuotes(account: number, openings: readonly Opening[]): boolean {
    return this.port.send(encodeQuotesQuery(this.port, account), {
      done: ({ i32, f64 }, from, doneAt) => {
        const seq = f64[(doneAt + R.SEQ) >> 1] as number;
        // Refused: the account is not open yet.
        const refused = i32[doneAt + R.CODE] !== 0;
        const answer: QuotesJson = refused
          ? { seq, quotes: [], groups: [] }
          : JSON.parse(readText(i32, from + E.ANSWER_TEXT));
        const time = f64[(doneAt + R.TIME) >> 1] as number;
        for (const { subscription, resumed } of openings) {
          if (subscription.ended) continue;
          const view = quotesView(this.data, account, answer, time, subscription.market);
          subscription.snapshot(seq, JSON.stringify(view).slice(1, -1), resumed);
        }
      },
    });
  }
}
