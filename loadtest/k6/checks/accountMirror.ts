import type * as z from 'zod';
import type { AccountView, OrderView } from '../../../src/protocol/answers.ts';
import type { streams } from '../../../src/protocol/streams.ts';
import { lotsOf, microsOf } from './money.ts';

type OrdersMessage =
  | z.infer<typeof streams.orders>
  | z.infer<typeof streams.ordersSnapshot>
  | z.infer<typeof streams.selfTrade>;
type FillsMessage = z.infer<typeof streams.fills> | z.infer<typeof streams.fillsSnapshot>;
type AccountMessage = z.infer<typeof streams.account>;

/** What is told of one order by `orders`, and by `fills`. */
interface Told {
  filled: number;
  lotsOfFills: number;
  isOver: boolean;
}

/** An account as its private channels tell it, to be compared with what the exchange answers when it is asked. */
export class AccountMirror {
  readonly #open = new Map<string, string>();
  /** Orders whose fills have not all come yet, or that are open. */
  readonly #told = new Map<string, Told>();
  /** Of a `seq` that is not complete: after a reconnection they come again. */
  readonly #unfinishedOrders: OrderView[] = [];
  readonly #unfinishedFills: { orderId: string; lots: number }[] = [];
  readonly #positions = new Map<string, string>();
  #money = '';
  #fillsAreKnown = true;

  takeOrders(message: OrdersMessage): void {
    if ('orders' in message) {
      this.#open.clear();
      for (const order of message.orders) this.#takeOrder(order);
      return;
    }
    if ('order' in message) this.#unfinishedOrders.push(message.order);
    if (message.more === true) return;
    for (const order of this.#unfinishedOrders) this.#takeOrder(order);
    this.#unfinishedOrders.length = 0;
  }

  /** After a resume that began with a snapshot: fills were passed over, and can no longer be added up. */
  fillsWerePassedOver(): void {
    this.#fillsAreKnown = false;
  }

  takeFills(message: FillsMessage): void {
    if ('fills' in message) return;
    // `orders` has no quotes, so there is nothing to compare their fills with.
    if (!('group' in message)) this.#unfinishedFills.push({ orderId: message.orderId, lots: lotsOf(message.size) });
    if (message.more === true) return;
    for (const { orderId, lots } of this.#unfinishedFills) {
      const told = this.#tell(orderId);
      told.lotsOfFills += lots;
      this.#forget(orderId, told);
    }
    this.#unfinishedFills.length = 0;
  }

  /** What came of an incomplete `seq` will come again. */
  reconnected(): void {
    this.#unfinishedOrders.length = 0;
    this.#unfinishedFills.length = 0;
  }

  /** False where the amounts do not add up. */
  takeAccount(message: AccountMessage): boolean {
    const { balance, available, held } = message;
    if (message.type === 'snapshot') this.#positions.clear();
    for (const { market, outcome, size, held } of message.positions) {
      const key = `${market} ${outcome}`;
      if (size === '0.00') this.#positions.delete(key);
      else this.#positions.set(key, `${size} ${held}`);
    }
    this.#money = moneyOf(message);
    return microsOf(balance) === microsOf(available) + microsOf(held);
  }

  /** What differs from the exchange's own answer, empty where nothing does. */
  differences(answer: AccountView): string[] {
    const differences: string[] = [];
    if (this.#money !== moneyOf(answer)) differences.push(`money: ${this.#money}, answered ${moneyOf(answer)}`);
    const open = new Map(answer.orders.map((order) => [order.orderId, standingOf(order)]));
    differences.push(...compare('order', this.#open, open));
    const positions = new Map(
      answer.positions.map(({ market, outcome, size, held }) => [`${market} ${outcome}`, `${size} ${held}`]),
    );
    differences.push(...compare('position', this.#positions, positions));
    if (this.#fillsAreKnown) differences.push(...this.#fillsAmiss());
    return differences;
  }

  #fillsAmiss(): string[] {
    return [...this.#told].flatMap(([orderId, { filled, lotsOfFills }]) =>
      filled === lotsOfFills ? [] : [`fills of order ${orderId}: ${lotsOfFills} lots, filled is ${filled}`],
    );
  }

  #takeOrder(order: OrderView): void {
    if (order.status === 'open') this.#open.set(order.orderId, standingOf(order));
    else this.#open.delete(order.orderId);
    const told = this.#tell(order.orderId);
    told.filled = lotsOf(order.filled);
    told.isOver = order.status !== 'open';
    this.#forget(order.orderId, told);
  }

  #tell(orderId: string): Told {
    let told = this.#told.get(orderId);
    if (told === undefined) {
      told = { filled: 0, lotsOfFills: 0, isOver: false };
      this.#told.set(orderId, told);
    }
    return told;
  }

  /** An order that is over, and whose fills have all come, is right for good. */
  #forget(orderId: string, { filled, lotsOfFills, isOver }: Told): void {
    if (isOver && filled === lotsOfFills) this.#told.delete(orderId);
  }
}

const moneyOf = ({ balance, available, held }: Pick<AccountView, 'balance' | 'available' | 'held'>): string =>
  `${balance} = ${available} + ${held}`;

const standingOf = ({ price, size, filled, remaining }: OrderView): string =>
  `${remaining} of ${size} at ${price}, filled ${filled}`;

function compare(what: string, mirrored: ReadonlyMap<string, string>, answered: ReadonlyMap<string, string>): string[] {
  const differences: string[] = [];
  for (const [key, value] of mirrored) {
    if (answered.get(key) !== value) differences.push(`${what} ${key}: ${value}, answered ${answered.get(key)}`);
  }
  for (const [key, value] of answered) {
    if (!mirrored.has(key)) differences.push(`${what} ${key}: not told, answered ${value}`);
  }
  return differences;
}
