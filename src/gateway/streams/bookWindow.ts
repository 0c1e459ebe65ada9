import { ammJson, bookFields, checksum } from '../market-data/bookView.ts';
import type { Levels } from '../market-data/levels.ts';
import type { MarketState } from '../market-data/marketState.ts';
import type { Records } from '../orders/orderJson.ts';
import type { Conflation } from './conflation.ts';
import type { GroupRecords } from './groupRecords.ts';
import { PublicChannel } from './publicChannel.ts';
import { bookSides, levelJson } from './records.ts';

/**
 * A book down to a depth, or at most so often: each message is the difference between what was sent and what is. Levels that
 * leave the window are removed in the message, those that enter it are told.
 */
export class BookWindow extends PublicChannel {
  readonly conflateMs: number;
  dueAt = 0;
  private readonly depth: number;
  private readonly conflation: Conflation;
  /** What subscribers hold: by outcome × 2 + side, price → lots. */
  private readonly sent: Map<number, number>[];
  private changed = false;
  private ammChanged = false;

  constructor(market: MarketState, depth: number, conflateMs: number, conflation: Conflation) {
    super('book', market, market.bookSeq);
    this.depth = depth;
    this.conflateMs = conflateMs;
    this.conflation = conflation;
    this.sent = market.books.flatMap(({ bids, asks }) => [this.window(bids), this.window(asks)]);
  }

  snapshotFields(): string {
    return bookFields(this.market, this.depth);
  }

  onGroup(_records: Records, group: GroupRecords): void {
    if (group.levels.length === 0 && group.amm < 0) return;
    if (group.amm >= 0) this.ammChanged = true;
    if (this.conflateMs === 0) {
      this.changed = true;
      this.settle();
    } else if (!this.changed) {
      this.changed = true;
      this.conflation.later(this);
    }
  }

  /** Tells what has changed since the last message, if anything in the window has. */
  override settle(): void {
    if (!this.changed) return;
    this.changed = false;
    const sides: (string | undefined)[] = [];
    let differs = this.ammChanged;
    for (const { outcome, bids, asks } of this.market.books) {
      sides[outcome * 2] = this.difference(outcome * 2, bids);
      sides[outcome * 2 + 1] = this.difference(outcome * 2 + 1, asks);
      if (sides[outcome * 2] !== undefined || sides[outcome * 2 + 1] !== undefined) differs = true;
    }
    if (!differs) return;
    const amm = this.ammChanged ? ammJson(this.market) : '';
    this.ammChanged = false;
    const fields = `"type":"delta",${bookSides(this.market, sides)}${amm},"crc":${checksum(this.market, this.depth)}`;
    this.publish(this.market.bookSeq, fields);
  }

  private window({ prices, lots }: Levels): Map<number, number> {
    const window = new Map<number, number>();
    for (let i = prices.length - 1; i >= 0 && window.size < this.depth; i--) {
      window.set(prices[i] as number, lots[i] as number);
    }
    return window;
  }

  /** The levels of one side that differ from what was sent, which is brought up to date; undefined: none. */
  private difference(side: number, levels: Levels): string | undefined {
    const before = this.sent[side] as Map<number, number>;
    const now = this.window(levels);
    let text = '';
    for (const price of before.keys()) {
      if (!now.has(price)) text += `${text === '' ? '' : ','}${levelJson(price, 0)}`;
    }
    for (const [price, lots] of now) {
      if (before.get(price) !== lots) text += `${text === '' ? '' : ','}${levelJson(price, lots)}`;
    }
    if (text === '') return undefined;
    this.sent[side] = now;
    return text;
  }
}
