import type { BatchItem } from '../../../src/protocol/requests.ts';
import type { Answer } from '../../../src/sdk/connection.ts';
import { AccountMirror } from '../checks/accountMirror.ts';
import { Client } from '../exchange/client.ts';
import { signedNow } from '../exchange/signature.ts';
import type { Plan, PlanAccount } from '../run/plan.ts';
import type { Random } from '../run/random.ts';
import { tally } from '../run/tally.ts';
import { until } from '../run/waiting.ts';
import type { Actor } from './actor.ts';
import { compareAccount } from './compareAccount.ts';
import { OrderMaking } from './orderMaking.ts';
import { privateChannels } from './privateChannels.ts';
import { judge } from './refusals.ts';

type PlaceAnswer = Pick<Answer<'place'>, 'ok'> & Partial<Answer<'place'>>;

/** Resting orders of one trader; above it the oldest is canceled next. */
const RESTING_MAX = 60;
const CANCELED_AT_ONCE = 10_000;
const ORDERS_OF_A_BATCH = 3;

/** Places, amends and cancels orders of all kinds, and follows its account. */
export class Trader implements Actor {
  readonly #client: Client;
  readonly #mirror = new AccountMirror();
  readonly #making: OrderMaking;
  readonly #random: Random;
  readonly #plan: Plan;
  /** Own orders that may still rest, oldest first. */
  readonly #resting: { orderId: string; market: string }[] = [];
  /** Orders whose answer has not come. */
  readonly #unanswered = new Set<string>();
  #reconnecting: Promise<void> = Promise.resolve();

  constructor(plan: Plan, account: PlanAccount, random: Random, name: string) {
    this.#client = new Client(plan.url, () => signedNow(account), privateChannels(this.#mirror));
    this.#making = new OrderMaking(plan.markets, random, name);
    this.#random = random;
    this.#plan = plan;
  }

  open(): Promise<boolean> {
    return this.#client.open();
  }

  get isReady(): boolean {
    return this.#client.isLoggedIn && this.#client.waiting < this.#plan.window;
  }

  step(): void {
    const kind = this.#random.below(20);
    if (this.#resting.length > RESTING_MAX || (kind < 3 && this.#resting.length > 0)) return this.#cancel();
    if (kind < 5 && this.#resting.length > 0) return this.#amend();
    if (kind === 5) return this.#batch();
    this.#place();
  }

  /** What was sent and not answered is asked for: it was carried out, or it was not. */
  reconnect(): Promise<void> {
    this.#reconnecting = this.#reconnecting.then(async () => {
      this.#client.drop();
      this.#mirror.reconnected();
      if (!(await this.#client.open())) return;
      await Promise.all([...this.#unanswered].map((clientOrderId) => this.#lookUp(clientOrderId)));
    });
    return this.#reconnecting;
  }

  async finish(): Promise<void> {
    await this.#reconnecting;
    if (!this.#client.isLoggedIn) return;
    await until(() => this.#client.waiting === 0, this.#plan.answersMs);
    let canceled = CANCELED_AT_ONCE;
    while (canceled === CANCELED_AT_ONCE) {
      const answer = await this.#client.ask('cancelAll', {});
      judge(answer, 'cancelAll');
      canceled = answer.ok ? answer.canceled : 0;
    }
    await compareAccount(this.#client, this.#mirror, this.#plan.answersMs);
    this.#client.close();
  }

  #place(): void {
    const order = this.#making.next();
    const { clientOrderId } = order;
    this.#unanswered.add(clientOrderId);
    this.#client.send('place', order, (answer) => {
      this.#unanswered.delete(clientOrderId);
      judge(answer, 'place');
      this.#placed(answer);
    });
  }

  #cancel(): void {
    const order = this.#resting.shift();
    if (order === undefined) return;
    this.#client.send('cancel', order, (answer) => judge(answer, 'cancel'));
  }

  #amend(): void {
    const order = this.#resting.shift();
    if (order === undefined) return;
    const change = this.#random.next() < 0.5 ? { size: '1' } : { price: this.#making.next().price ?? '0.50' };
    this.#client.send('amend', { ...order, ...change }, (answer) => {
      judge(answer, 'amend');
      this.#placed(answer);
    });
  }

  #batch(): void {
    const requests: BatchItem[] = [];
    for (let i = 0; i < ORDERS_OF_A_BATCH; i++) {
      requests.push({ op: 'place', ...this.#making.next(), type: 'limit' });
    }
    const oldest = this.#resting.shift();
    if (oldest !== undefined) requests.push({ op: 'cancel', ...oldest });
    this.#client.send('batch', { requests }, (answer) => {
      if (!answer.ok) return judge(answer, 'batch');
      if (answer.results.length !== requests.length) {
        tally.fault('wrong_answers', `${answer.results.length} results of a batch of ${requests.length}`);
      }
      for (const [i, result] of answer.results.entries()) {
        judge(result, `${requests[i]?.op} of a batch`);
        if (requests[i]?.op === 'place') this.#placed(result);
      }
    });
  }

  #placed(answer: PlaceAnswer): void {
    if (!('order' in answer) || answer.order?.status !== 'open') return;
    const { orderId, market } = answer.order;
    this.#resting.push({ orderId, market });
  }

  async #lookUp(clientOrderId: string): Promise<void> {
    const answer = await this.#client.ask('order', { clientOrderId });
    this.#unanswered.delete(clientOrderId);
    if (answer.ok) this.#placed(answer);
    // Lost on its way, or refused: either way it is not there.
    else if (answer.error.code !== 'UNKNOWN_ORDER') judge(answer, 'order');
  }
}
