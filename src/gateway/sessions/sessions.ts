import { CLOSE } from '../../protocol/errors.ts';
import { type AuthChange, ends } from '../auth/authChanges.ts';
import type { Identity } from '../auth/identity.ts';
import { Budgets } from '../limits/budgets.ts';
import { COSTS } from '../limits/costs.ts';
import { PlaceFrames } from '../orders/placeFrame.ts';
import { QuotesFrames } from '../orders/quotesFrame.ts';
import type { GatewayContext } from './context.ts';
import { Disconnections } from './disconnections.ts';
import { IDLE_AFTER_MS, PING_AFTER_MS, SWEEP_MS } from './limits.ts';
import { authAtOnce } from './operations/auth.ts';
import { placeFromFrame } from './operations/orders.ts';
import { quotesFromFrame } from './operations/quotes.ts';
import { Outbox } from './outbox.ts';
import { accept, acceptHeld, type HeldFrame, receive } from './receive.ts';
import { Session } from './session.ts';
import type { Transport } from './transport.ts';

/** All connections of this process, and the one timer that looks after them. */
export class Sessions {
  private readonly all = new Set<Session>();
  private readonly byAccount = new Map<number, Set<Session>>();
  private readonly outbox = new Outbox();
  private readonly placeFrames: PlaceFrames;
  private readonly quotesFrames: QuotesFrames;
  readonly disconnections: Disconnections;
  private readonly context: GatewayContext;
  private readonly budgets: Budgets | undefined;
  private readonly stopListening: () => void;
  private readonly timer: NodeJS.Timeout;

  constructor(context: GatewayContext) {
    this.context = context;
    this.placeFrames = new PlaceFrames((slug) => context.data.bySlug(slug));
    this.quotesFrames = new QuotesFrames((slug) => context.data.bySlug(slug));
    this.disconnections = new Disconnections(context.port);
    this.stopListening = context.authChanges.on((change) => this.authChanged(change));
    if (context.rateLimits) this.budgets = new Budgets(context.limits);
    this.timer = setInterval(() => this.sweep(performance.now()), SWEEP_MS);
    this.timer.unref();
  }

  get size(): number {
    return this.all.size;
  }

  /** Bytes that wait to be read: of all connections, and of the one that is furthest behind. */
  backlog(): { all: number; most: number } {
    let all = 0;
    let most = 0;
    for (const session of this.all) {
      const { backlog } = session;
      all += backlog;
      most = Math.max(most, backlog);
    }
    return { all, most };
  }

  /** `token`: an access token that came with the upgrade request, from a cookie or the Authorization header. */
  open(transport: Transport, token: string | undefined): Session {
    const now = performance.now();
    const budget = this.budgets?.open(transport.address, now);
    const session = new Session(transport, this.outbox, now, budget, this.context);
    this.all.add(session);
    if (token !== undefined) authAtOnce(this.context, this, session, token);
    return session;
  }

  /** Counts a login that is checked before there is a session. 0: it may be; otherwise ms to wait. */
  payLogin(address: string): number {
    const now = performance.now();
    return this.budgets?.open(address, now).requests.take(now, COSTS.auth.cost) ?? 0;
  }

  receive(session: Session, frame: string): void {
    session.heardAt = performance.now();
    receive(this.context, this, session, frame);
  }

  /** A frame as bytes, which are read before this returns. */
  receiveBytes(session: Session, frame: ArrayBuffer): void {
    session.heardAt = performance.now();
    const bytes = new Uint8Array(frame);
    if (placeFromFrame(this.context, this.placeFrames, session, bytes)) return;
    if (quotesFromFrame(this.context, this.quotesFrames, session, bytes)) return;
    receive(this.context, this, session, Buffer.from(frame).toString());
  }

  /** A frame that its transport has parsed, to be answered with the id `as`. */
  accept(session: Session, message: unknown, text: string, as: number): void {
    session.heardAt = performance.now();
    accept(this.context, this, session, message, text, as);
  }

  ended(session: Session): void {
    this.all.delete(session);
    const account = session.identity?.account;
    const same = account === undefined ? undefined : this.byAccount.get(account);
    same?.delete(session);
    if (account !== undefined && same?.size === 0) this.byAccount.delete(account);
    if (account !== undefined && session.connection !== 0) this.disconnections.tell(account, session.connection);
    session.connection = 0;
    session.ended();
  }

  login(session: Session, identity: Identity): void {
    session.identity = identity;
    if (session.budget !== undefined) this.budgets?.login(session.budget, identity.account, session.heardAt);
    const same = this.byAccount.get(identity.account);
    if (same === undefined) this.byAccount.set(identity.account, new Set([session]));
    else same.add(session);
  }

  /** Keeps the session’s frames back until `settled`, which never rejects. */
  holdUntil(session: Session, settled: Promise<void>): void {
    session.held = [];
    const release = () => {
      const frames = session.held ?? [];
      session.held = undefined;
      for (let i = 0; i < frames.length && !session.closed; i++) {
        acceptHeld(this.context, this, session, frames[i] as HeldFrame);
        // Another login among them: what follows waits for that one.
        if (session.held !== undefined) {
          session.held = frames.slice(i + 1);
          return;
        }
      }
    };
    settled.then(release, this.context.onError);
  }

  private authChanged(change: AuthChange): void {
    for (const session of [...(this.byAccount.get(change.account) ?? [])]) {
      if (session.identity !== undefined && ends(change, session.identity)) {
        session.close(CLOSE.AUTH_EXPIRED, 'the login has ended: log in again');
      }
    }
  }

  /** Tokens that have ended, and connections that have fallen silent. The timer calls it; `now` of `performance.now()`. */
  sweep(now: number): void {
    this.disconnections.retry();
    const wall = this.context.clock();
    for (const session of this.all) {
      const silent = now - session.heardAt;
      if (session.identity !== undefined && session.identity.expiresAt <= wall) {
        session.close(CLOSE.AUTH_EXPIRED, 'the access token has expired: log in again');
      } else if (silent > IDLE_AFTER_MS) session.close(CLOSE.IDLE, 'nothing heard');
      else if (silent > PING_AFTER_MS && session.pingedAt <= session.heardAt) {
        session.pingedAt = now;
        session.transport.ping();
      }
    }
  }

  /** Sends a message to every connection. */
  deliver(text: string): void {
    for (const session of this.all) session.deliver(text);
  }

  /** Closes at most `most` connections, the oldest first, and of these only those that wait for nothing, or all with `isForced`. */
  close(most: number, isForced: boolean, code: number, reason: string): void {
    let left = most;
    for (const session of [...this.all]) {
      if (left === 0) return;
      if (!isForced && !session.isSettled) continue;
      session.close(code, reason);
      left--;
    }
  }

  /** Closes every connection. */
  closeAll(code: number, reason: string): void {
    this.close(this.all.size, true, code, reason);
  }

  stop(): void {
    clearInterval(this.timer);
    this.stopListening();
  }
}
