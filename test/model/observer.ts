import type { Seen, SeenOrder } from './decode.ts';

type Of<Kind extends Seen['is']> = Omit<Extract<Seen, { is: Kind }>, 'is'>;

/** What somebody knows who has read every event and asked for nothing: it must be all there is to know. */
export class Observer {
  readonly orders = new Map<number, SeenOrder>();
  readonly balances = new Map<number, Of<'balance'>>();
  readonly positions = new Map<string, Of<'position'>>();
  readonly levels = new Map<string, Of<'level'>>();
  readonly markets = new Map<number, Of<'market'>>();
  readonly makers = new Map<number, Of<'amm'>>();

  read(events: Seen[]): void {
    for (const { is, ...event } of events) {
      if (is === 'order') this.orders.set((event as SeenOrder).id, event as SeenOrder);
      else if (is === 'balance') put(this.balances, event as Of<'balance'>, (each) => each.account);
      else if (is === 'position') put(this.positions, event as Of<'position'>, positionKey);
      else if (is === 'level') put(this.levels, event as Of<'level'>, levelKey);
      else if (is === 'market') put(this.markets, event as Of<'market'>, (each) => each.market);
      else if (is === 'amm') put(this.makers, event as Of<'amm'>, (each) => each.market);
    }
  }
}

export const positionKey = (of: { market: number; account: number; outcome: number }): string =>
  [of.market, of.account, of.outcome].join();
export const levelKey = (of: { market: number; outcome: number; side: string; price: number }): string =>
  [of.market, of.outcome, of.side, of.price].join();

function put<Key, Value>(map: Map<Key, Value>, value: Value, key: (value: Value) => Key): void {
  map.set(key(value), value);
}
