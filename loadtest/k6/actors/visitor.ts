import { microsOf } from '../checks/money.ts';
import { Channel } from '../exchange/channel.ts';
import { Client, type Login } from '../exchange/client.ts';
import { passwordLogin } from '../exchange/http.ts';
import { signedNow } from '../exchange/signature.ts';
import { now } from '../run/clock.ts';
import type { Plan, PlanAccount } from '../run/plan.ts';
import type { Random } from '../run/random.ts';
import { tally } from '../run/tally.ts';
import { until } from '../run/waiting.ts';
import type { Actor } from './actor.ts';

const UNAUTHORIZED = 401;

/** Comes, logs in one way or another, looks at its account, and goes; again and again. */
export class Visitor implements Actor {
  readonly #url: string;
  readonly #answersMs: number;
  readonly #account: PlanAccount;
  readonly #random: Random;
  /** Of the last login by password. */
  #token: string | undefined;
  #balance: string | undefined;
  #visit: Promise<void> | undefined;

  constructor({ url, answersMs }: Plan, account: PlanAccount, random: Random) {
    this.#url = url;
    this.#answersMs = answersMs;
    this.#account = account;
    this.#random = random;
  }

  async open(): Promise<boolean> {
    await this.#byPassword();
    return this.#token !== undefined;
  }

  get isReady(): boolean {
    return this.#visit === undefined;
  }

  step(): void {
    this.#visit = this.#anyVisit().then(() => {
      this.#visit = undefined;
    });
  }

  async finish(): Promise<void> {
    if (await until(() => this.isReady, this.#answersMs)) return;
    tally.fault('unanswered', 'a login');
  }

  #anyVisit(): Promise<void> {
    const kind = this.#random.below(10);
    if (kind < 2) return this.#byPassword();
    if (kind < 5) return this.#connected(signedNow(this.#account));
    if (kind < 8) return this.#connected({ token: this.#token });
    if (kind === 8) return this.#wrongPassword();
    return this.#wrongSignature();
  }

  async #byPassword(): Promise<void> {
    const { username, password } = this.#account;
    const begunAt = now();
    tally.sent();
    const login = await passwordLogin(this.#url, { username, password });
    if (typeof login === 'number') return tally.failed(`login by password: HTTP ${login}`);
    tally.answeredPassword(now() - begunAt);
    tally.fine();
    if (login.account !== username) tally.fault('wrong_answers', `logged in as ${login.account}, not ${username}`);
    this.#token = login.accessToken;
    await this.#connected({ token: login.accessToken });
  }

  async #wrongPassword(): Promise<void> {
    const begunAt = now();
    tally.sent();
    const { username, password } = this.#account;
    const login = await passwordLogin(this.#url, { username, password: `${password}!` });
    tally.answeredPassword(now() - begunAt);
    if (login === UNAUTHORIZED) return tally.refused('UNAUTHENTICATED');
    if (typeof login === 'number') return tally.failed(`a wrong password: HTTP ${login}`);
    tally.fault('wrong_answers', 'a wrong password was let in');
  }

  async #wrongSignature(): Promise<void> {
    const { signature, ...key } = signedNow(this.#account);
    const wrong = signature.startsWith('0') ? `1${signature.slice(1)}` : `0${signature.slice(1)}`;
    const client = new Client(this.#url, () => ({ ...key, signature: wrong }), []);
    const answer = await client.logIn();
    client.close();
    if (answer === undefined) return;
    if (answer.ok) tally.fault('wrong_answers', 'a wrong signature was let in');
    else tally.refused(answer.error.code);
  }

  /** Its own account and no other, with the money that it had. */
  async #connected(login: Login): Promise<void> {
    let balance: string | undefined;
    const channel = new Channel({ ch: 'account' }, (message) => {
      if ('balance' in message) balance = String(message.balance);
    });
    const client = new Client(this.#url, () => login, [channel]);
    const answer = await client.logIn();
    if (answer?.ok && answer.account !== this.#account.username) {
      tally.fault('wrong_answers', `logged in as ${answer.account}, not ${this.#account.username}`);
    }
    if (answer?.ok && (await client.subscribe())) {
      if (!(await until(() => balance !== undefined, this.#answersMs))) {
        tally.fault('gaps', 'no snapshot of the account');
      }
      this.#checkBalance(balance);
      tally.fine();
      if (this.#random.next() < 0.5) await client.logOut();
    } else if (answer !== undefined && !answer.ok) tally.failed(`auth: ${answer.error.code}`);
    client.close();
  }

  #checkBalance(balance: string | undefined): void {
    this.#balance ??= balance;
    if (balance === undefined || this.#balance === undefined) return;
    if (microsOf(balance) !== microsOf(this.#balance)) {
      tally.fault('money_errors', `${this.#balance} has become ${balance}`);
    }
  }
}
