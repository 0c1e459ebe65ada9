import type { QuoteEntry } from '../../../src/protocol/requests.ts';
import { formatPrice } from '../../../src/protocol/units.ts';
import type { Answer } from '../../../src/sdk/connection.ts';
import { AccountMirror } from '../checks/accountMirror.ts';
import { QuoteMirror } from '../checks/quoteMirror.ts';
import { Channel } from '../exchange/channel.ts';
import { Client } from '../exchange/client.ts';
import { signedNow } from '../exchange/signature.ts';
import { quoteUpdates } from '../run/metrics.ts';
import type { Plan, PlanAccount } from '../run/plan.ts';
import type { Random } from '../run/random.ts';
import { tally } from '../run/tally.ts';
import { until } from '../run/waiting.ts';
import type { Actor } from './actor.ts';
import { compareAccount } from './compareAccount.ts';
import { fairPrice, withinCents } from './fairPrice.ts';
import { privateChannels } from './privateChannels.ts';
import { isTrading, judge } from './refusals.ts';

/** Markets in one mass quote. */
const MARKETS_MAX = 50;
const GROUP = 'around-fair';
/** Hit now and then under flow: a group that was withdrawn comes back at once. */
const PROTECTION = { windowMs: 1000, frozenMs: 60_000, maxSize: '400' };
const SPREAD_CENTS = 2;

/** Quotes both sides of up to fifty markets with each request, protected, and withdrawn if its connection is lost. */
export class Maker implements Actor {
  readonly #client: Client;
  readonly #account = new AccountMirror();
  readonly #quotes = new QuoteMirror();
  readonly #plan: Plan;
  readonly #random: Random;
  /** Nothing is quoted before the exchange will withdraw it with the connection. */
  #isArmed = false;
  #reconnecting: Promise<void> = Promise.resolve();

  constructor(plan: Plan, account: PlanAccount, random: Random) {
    this.#plan = plan;
    this.#random = random;
    this.#client = new Client(plan.url, () => signedNow(account), [
      ...privateChannels(this.#account),
      new Channel({ ch: 'quotes' }, (message) => {
        if (message.type === 'caught-up') return;
        // The channel says which shape its messages have.
        const crossed = this.#quotes.take(message as unknown as Parameters<QuoteMirror['take']>[0]);
        if (crossed.length > 0) tally.fault('crossed_books', `own quotes: ${crossed.join()}`, crossed.length);
      }),
    ]);
  }

  async open(): Promise<boolean> {
    if (!(await this.#client.open()) || !(await this.#arm())) return false;
    const set = await this.#client.ask('quoteGroup', { group: GROUP, protection: PROTECTION });
    judge(set, 'quoteGroup');
    this.#isArmed = set.ok;
    return set.ok;
  }

  /** Its quotes end with the connection: when it is back none may be left. */
  reconnect(): Promise<void> {
    this.#reconnecting = this.#reconnecting.then(async () => {
      this.#isArmed = false;
      this.#client.drop();
      this.#account.reconnected();
      if (!(await this.#client.open())) return;
      if (!(await until(() => this.#quotes.open === 0, this.#plan.answersMs))) {
        tally.fault('mirror_mismatches', `${this.#quotes.open} quotes outlived their connection`);
      }
      this.#isArmed = await this.#arm();
    });
    return this.#reconnecting;
  }

  get isReady(): boolean {
    return this.#isArmed && this.#client.isLoggedIn && this.#client.waiting < this.#plan.window;
  }

  step(): void {
    const quotes = this.#entries();
    this.#client.send('quotes', { group: GROUP, quotes }, (answer) => this.#answered(quotes.length, answer));
  }

  /** Withdraws everything: as many as its channel says stood, no more and no less. */
  async finish(): Promise<void> {
    await this.#reconnecting;
    if (!this.#client.isLoggedIn) return;
    await until(() => this.#client.waiting === 0, this.#plan.answersMs);
    const answer = await this.#client.ask('cancelQuotes', {});
    judge(answer, 'cancelQuotes');
    if (answer.ok) await this.#compareCanceled(answer.canceled, answer.seq);
    await compareAccount(this.#client, this.#account, this.#plan.answersMs);
    this.#client.close();
  }

  async #arm(): Promise<boolean> {
    const answer = await this.#client.ask('cancelOnDisconnect', { enabled: true });
    judge(answer, 'cancelOnDisconnect');
    return answer.ok;
  }

  #entries(): QuoteEntry[] {
    const at = Date.now();
    const jitter = this.#random.between(-1, 1);
    return this.#plan.markets.slice(0, MARKETS_MAX).map(({ id, outcomes }, index) => {
      const fair = fairPrice(index, outcomes.length, at) + jitter * 100;
      const size = String(this.#random.between(5, 30));
      const [outcome] = outcomes;
      return {
        market: id,
        ...(outcome === undefined ? {} : { outcome }),
        bid: { price: formatPrice(withinCents(fair - SPREAD_CENTS * 100)), size },
        ask: { price: formatPrice(withinCents(fair + SPREAD_CENTS * 100)), size },
      };
    });
  }

  #answered(count: number, answer: Answer<'quotes'>): void {
    if (!answer.ok) {
      if (answer.error.limit?.name !== 'marketMakerProtection') return judge(answer, 'quotes');
      // Withdrawn by its protection: it comes back.
      tally.refused('marketMakerProtection');
      this.#client.send('quoteGroup', { group: GROUP, reset: true }, (reset) => judge(reset, 'quoteGroup'));
      return;
    }
    tally.fine();
    quoteUpdates.add(2 * count);
    if (answer.results.length !== count) {
      tally.fault('wrong_answers', `${answer.results.length} results of ${count} quotes`);
    }
    for (const result of answer.results) {
      if (result.ok) continue;
      for (const error of [result.error, result.bid, result.ask]) {
        if (error === undefined) continue;
        if (isTrading(error.code)) tally.refused(error.code);
        else tally.failed(`a quote: ${error.code} ${error.message}`);
      }
    }
  }

  async #compareCanceled(canceled: number, seq: number): Promise<void> {
    const told = (): number => (this.#quotes.canceled.seq === seq ? this.#quotes.canceled.count : 0);
    if (await until(() => told() === canceled && this.#quotes.open === 0, this.#plan.answersMs)) return;
    const text = `${canceled} quotes withdrawn, ${told()} of them told, ${this.#quotes.open} left`;
    tally.fault('mirror_mismatches', text);
  }
}
