import { expect } from 'vitest';
import { Engine } from '../../src/engines/engine.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { answers, answersOfModel } from './ask.ts';
import type { ModelCommand } from './commands.ts';
import { decode, type Seen, type SeenDone, type SeenOrder, type SeenTrade } from './decode.ts';
import { encode } from './encode.ts';
import { ReferenceExchange, type Result } from './exchange.ts';
import { Observer } from './observer.ts';
import type { State } from './state.ts';
import {
  auditOfModel,
  doneView,
  type Ids,
  orderView,
  selfTradeView,
  tradeView,
  viewOfEvents,
  viewOfModel,
} from './views.ts';

/** The engine and the reference exchange on the same commands; after each, everything that can be seen must be equal. */
export class SideBySide {
  engine = new Engine();
  readonly model = new ReferenceExchange();
  readonly observer = new Observer();
  readonly log: string[] = [];
  private readonly ids: Ids = new Map();
  private readonly journal = new R.RecordBuffer();
  private readonly events = new R.RecordBuffer();

  apply(command: ModelCommand, time: number): Result {
    this.log.push(`${time} ${JSON.stringify(command)}`);
    const at = encode(this.journal, command, this.engine.seq + 1, time, this.ids);
    this.events.clear();
    this.engine.apply(this.journal.i32, this.journal.f64, at, this.events);
    const group = decode(this.events);
    const result = this.model.apply(command, time);
    this.observer.read(group);
    this.learn(result, group);
    this.compare(result, group);
    this.engine.checkInvariants();
    return result;
  }

  /** A snapshot is the whole state: the engine goes on from it. What it answers when asked is what it has reported. */
  restart(): void {
    const restored = Engine.restore(this.engine.snapshot());
    restored.checkInvariants();
    expect(restored.stateHash(), 'state hash of the snapshot').toBe(this.engine.stateHash());
    this.engine = restored;
    same('answers', answers(restored, this.model.state), answersOfModel(this.model.state, this.ids));
  }

  /** The same commands again, from nothing. */
  replay(): void {
    const engine = new Engine();
    R.eachRecord(this.journal.i32, 0, this.journal.words, (at) => {
      this.events.clear();
      engine.apply(this.journal.i32, this.journal.f64, at, this.events);
    });
    expect(engine.stateHash(), 'state hash of the replay').toBe(this.engine.stateHash());
    expect(engine.digest, 'digest of the replay').toBe(this.engine.digest);
  }

  /** Which number did the engine give to the order of a new DONE? */
  private learn(result: Result, group: Seen[]): void {
    const dones = group.filter((each) => each.is === 'done') as SeenDone[];
    for (const [index, done] of [...result.items, result.done].entries()) {
      const seen = dones[index];
      if (done.order === undefined || seen === undefined || seen.order === 0 || this.ids.has(done.order)) continue;
      this.ids.set(done.order, seen.order);
      this.model.learn(done.order, seen.order);
    }
    // No DONE names a new quote: the first told of is the first that was made.
    const known = new Set(this.ids.values());
    const told = new Set(of<SeenOrder>(group, 'order').map(({ id }) => id));
    const fresh = this.model.state.orders.filter((order) => !this.ids.has(order.id));
    for (const [index, id] of [...told].filter((each) => !known.has(each)).entries()) {
      const order = fresh[index];
      if (order === undefined) continue;
      this.ids.set(order.id, id);
      this.model.learn(order.id, id);
    }
  }

  private compare(result: Result, group: Seen[]): void {
    const { state } = this.model;
    const dones = [
      ...result.items.map((done, item) => doneView(done, this.ids, item)),
      doneView(result.done, this.ids),
    ];
    same('results', of<SeenDone>(group, 'done'), dones);
    const trades = result.trades.map((trade) => tradeView(trade, this.ids));
    same('trades', of<SeenTrade>(group, 'trade'), trades);
    const selfTrades = result.selfTrades.map((trade) => selfTradeView(trade, this.ids));
    same('self-trades', of(group, 'selfTrade'), selfTrades);

    same('groups', of(group, 'group'), result.groups);
    same('connections', of(group, 'connection'), result.connections);
    same('next expiry', this.engine.nextExpiry, nextExpiry(state));

    const orders = state.orders.map((order) => orderView(order, this.ids));
    const seen = orders.map(({ id }) => this.observer.orders.get(id));
    same('orders', seen, orders);
    const known = new Set(orders.map(({ id }) => id));
    const others = of<SeenOrder>(group, 'order').filter(({ id }) => !known.has(id));
    same('orders of the engine alone', others, []);

    same('state', viewOfEvents(this.observer), viewOfModel(state));
    const { withdrawals, conserved, ...audit } = this.engine.audit();
    same('audit', audit, auditOfModel(state));
    same('conservation', { withdrawals, conserved }, { withdrawals: 0, conserved: true });
  }
}

/** When something is due. */
const nextExpiry = ({ orders, connections }: State): number =>
  Math.min(
    ...orders.filter(({ resting, expiresAt }) => resting && expiresAt !== 0).map(({ expiresAt }) => expiresAt),
    ...connections.filter(({ cancelAt }) => cancelAt !== 0).map(({ cancelAt }) => cancelAt),
  );

function of<Kind>(group: Seen[], kind: Seen['is']): Omit<Kind, 'is'>[] {
  return group.filter((each) => each.is === kind).map(({ is: _, ...each }) => each as unknown as Omit<Kind, 'is'>);
}

const byKey = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Equal as JSON, which is quick to find out; a difference is shown by vitest. */
function same(what: string, seen: unknown, wanted: unknown): void {
  if (JSON.stringify(seen, byKey) !== JSON.stringify(wanted, byKey)) expect(seen, what).toEqual(wanted);
}
