import { expect } from 'vitest';
import type { OrderView } from '../../../src/protocol/answers.ts';
import { type Connection, ConnectionLost, connect, type Fields } from '../../../src/sdk/connection.ts';
import type { Login } from './client.ts';
import type { Random } from './random.ts';

/** What a trader knows of one of its orders. */
type Remembered = {
  readonly request: Fields<'place'> & { clientOrderId: string };
  /** The order as the exchange acknowledged it last; undefined: no answer yet. */
  acknowledged: OrderView | undefined;
  /** What was asked and not answered. */
  unanswered: { op: 'place' } | { op: 'cancel' } | { op: 'amend'; price?: string; size?: string } | undefined;
};

const IN_FLIGHT = 8;
const ORDERS_OPEN_MAX = 40;

/**
 * Trades at random and remembers every acknowledgement, so that after a crash each can be held against what the exchange
 * then says: acknowledged means done, and what was not answered is either done whole or not at all.
 */
export class RememberingTrader {
  readonly orders: Remembered[] = [];
  acknowledgements = 0;
  readonly login: Login;
  readonly #market: string;
  readonly #random: Random;
  #connection: Connection | undefined;
  #stopping = false;

  constructor(login: Login, market: string, random: Random) {
    this.login = login;
    this.#market = market;
    this.#random = random;
  }

  async connect(url: string): Promise<void> {
    this.#connection = await connect({ url, token: this.login.accessToken });
  }

  get connection(): Connection {
    if (this.#connection === undefined) throw new Error('not connected');
    return this.#connection;
  }

  /** Trades until the connection is lost, or until it is stopped; `acknowledged` is called with each answer. */
  async trade(acknowledged: () => void): Promise<void> {
    this.#stopping = false;
    const work = async (): Promise<void> => {
      try {
        while (!this.#stopping) {
          await this.#step();
          this.acknowledgements++;
          acknowledged();
        }
      } catch (error) {
        if (!(error instanceof ConnectionLost)) throw error;
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  }

  /** Sends nothing more; `trade` resolves when everything is answered. */
  stop(): void {
    this.#stopping = true;
  }

  /** One request and its answer. */
  async #step(): Promise<void> {
    const random = this.#random;
    const open = this.orders.filter((one) => one.acknowledged?.status === 'open' && one.unanswered === undefined);
    if (open.length > 0 && (open.length > ORDERS_OPEN_MAX || random.chance(0.4))) {
      const one = random.pick(open);
      return random.chance(0.5) ? this.#cancel(one) : this.#amend(one);
    }
    return this.#place();
  }

  async #place(): Promise<void> {
    const random = this.#random;
    const one: Remembered = {
      request: {
        market: this.#market,
        side: random.pick(['buy', 'sell']),
        outcome: random.pick(['YES', 'NO']),
        price: `0.${random.integer(40, 60)}`,
        size: (random.integer(1, 1000) / 100).toFixed(2),
        ...(random.chance(0.2) && { tif: 'IOC' as const }),
        clientOrderId: `order-${this.orders.length}`,
      },
      acknowledged: undefined,
      unanswered: { op: 'place' },
    };
    this.orders.push(one);
    const answer = await this.connection.request('place', one.request);
    if (answer.ok) this.#learn(one, answer.order);
    // Nothing has happened, and its id is free.
    else this.orders.splice(this.orders.indexOf(one), 1, { ...one, unanswered: undefined });
  }

  async #cancel(one: Remembered): Promise<void> {
    one.unanswered = { op: 'cancel' };
    const { clientOrderId } = one.request;
    const answer = await this.connection.request('cancel', { market: this.#market, clientOrderId });
    if (answer.ok) this.#learn(one, answer.order);
    else this.#refused(one, answer.error.code);
  }

  async #amend(one: Remembered): Promise<void> {
    const random = this.#random;
    const change = {
      ...(random.chance(0.5) && { price: `0.${random.integer(40, 60)}` }),
      size: (random.integer(1, 1000) / 100).toFixed(2),
    };
    one.unanswered = { op: 'amend', ...change };
    const { clientOrderId } = one.request;
    const answer = await this.connection.request('amend', { market: this.#market, clientOrderId, ...change });
    if (answer.ok) this.#learn(one, answer.order);
    else this.#refused(one, answer.error.code);
  }

  #learn(one: Remembered, order: OrderView): void {
    one.acknowledged = order;
    one.unanswered = undefined;
  }

  /** Somebody may have filled it meanwhile, its money was spent, an order of the same account is in its way, or the server drains. */
  #refused(one: Remembered, code: string): void {
    expect(['UNKNOWN_ORDER', 'INSUFFICIENT_FUNDS', 'POST_ONLY_WOULD_TRADE', 'SELF_TRADE', 'UNAVAILABLE']).toContain(
      code,
    );
    one.unanswered = undefined;
  }

  /**
   * Repeats every order that is not known to have been refused, as a client does that has lost its connection, and holds each
   * answer against what was acknowledged. Returns the orders as they stand.
   */
  async repeatAll(): Promise<OrderView[]> {
    const asked = this.orders.filter((one) => one.acknowledged !== undefined || one.unanswered !== undefined);
    const found = await Promise.all(
      asked.map(async (one) => {
        const answer = await this.connection.request('place', one.request);
        const label = `${this.login.username} ${JSON.stringify(one)} ${JSON.stringify(answer)}`;
        if (!answer.ok) {
          // Only what the exchange never had can be refused now.
          expect(one.unanswered?.op, label).toBe('place');
          one.unanswered = undefined;
          return [];
        }
        if (one.acknowledged !== undefined) expect(answer.duplicate, label).toBe(true);
        if (answer.duplicate === true) hold(one, answer.order, label);
        this.#learn(one, withoutFills(answer.order));
        return [answer.order];
      }),
    );
    return found.flat();
  }
}

const withoutFills = ({ fills: _, ...order }: OrderView): OrderView => order;

/** What the exchange says of an order after a crash agrees with what it had said before. */
function hold({ request, acknowledged, unanswered }: Remembered, now: OrderView, label: string): void {
  expect(now, label).toMatchObject({ clientOrderId: request.clientOrderId, side: request.side });
  const amended: { price?: string; size?: string } = unanswered?.op === 'amend' ? unanswered : {};
  const known = acknowledged ?? { price: request.price, size: request.size, filled: '0.00' };
  expect([known.price, amended.price ?? known.price], label).toContain(now.price);
  expect([known.size, amended.size ?? known.size].map(Number), label).toContain(Number(now.size));
  expect(Number(now.filled), label).toBeGreaterThanOrEqual(Number(known.filled));
  if (acknowledged === undefined) return;
  expect({ orderId: now.orderId, createdAt: now.createdAt }, label).toEqual({
    orderId: acknowledged.orderId,
    createdAt: acknowledged.createdAt,
  });
  if (acknowledged.status !== 'open') {
    const { seq: _, ...ended } = withoutFills(acknowledged);
    expect({ ...now, seq: undefined }, label).toEqual({ ...ended, seq: undefined });
  } else if (unanswered === undefined) expect(['open', 'filled'], label).toContain(now.status);
}
