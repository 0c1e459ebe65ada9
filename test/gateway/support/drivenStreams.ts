import * as R from '../../../src/engines/records/buffer.ts';
import type { EnginePort, Pending } from '../../../src/gateway/engine-port/enginePort.ts';
import { MarketData } from '../../../src/gateway/market-data/marketData.ts';
import type { MarketState } from '../../../src/gateway/market-data/marketState.ts';
import type { Outlet } from '../../../src/gateway/streams/outlet.ts';
import { Streams, type StreamsOptions } from '../../../src/gateway/streams/streams.ts';
import type { Subscription } from '../../../src/gateway/streams/subscription.ts';
import type { ChannelRequest } from '../../../src/protocol/requests.ts';
import { EngineDriver } from '../../support/engineDriver.ts';
import type { Message } from './gateway.ts';

/** A reader whose messages are taken as they come; `full`: it is behind. */
export class Reader implements Outlet {
  readonly stale = new Set<Subscription>();
  readonly messages: Message[] = [];
  readonly forgotten: Subscription[] = [];
  full = false;

  offer(text: string): boolean {
    if (!this.full) this.deliver(text);
    return !this.full;
  }
  deliver(text: string): void {
    this.messages.push(JSON.parse(text));
  }
  forget(subscription: Subscription): void {
    this.forgotten.push(subscription);
    subscription.end();
  }
  /** It has room again. */
  drain(): void {
    this.full = false;
    const behind = [...this.stale];
    this.stale.clear();
    for (const subscription of behind) subscription.refresh();
  }
  /** The messages since the last call. */
  take(): Message[] {
    return this.messages.splice(0);
  }
}

/** Queries of the driver’s engine, answered when {@link answer} is called, in their order. */
class DriverPort implements EnginePort {
  readonly buffer = new R.RecordBuffer();
  onGroup: EnginePort['onGroup'] = () => {};
  readonly outstanding = 0;
  queries = 0;
  private readonly asked: (() => void)[] = [];
  private readonly driver: EngineDriver;

  constructor(driver: EngineDriver) {
    this.driver = driver;
  }
  get seq(): number {
    return this.driver.engine.seq;
  }
  get time(): number {
    return this.driver.time;
  }
  stages(): undefined {}
  send(at: number, pending: Pending): boolean {
    const query = new R.RecordBuffer();
    query.append(this.buffer.i32, at, at + (this.buffer.i32[at + R.LENGTH] as number));
    this.buffer.clear();
    this.queries++;
    this.asked.push(() => {
      const events = new R.RecordBuffer();
      this.driver.engine.query(query.i32, query.f64, 0, events);
      pending.done(events, 0, lastOf(events));
    });
    return true;
  }
  answer(): void {
    for (let ask = this.asked.shift(); ask !== undefined; ask = this.asked.shift()) ask();
  }
  request(): never {
    throw new Error('streams do not wait');
  }
}

/** The gateway’s streams over an engine that a test drives by hand. Make accounts and markets, then {@link begin}. */
export class DrivenStreams {
  readonly driver = new EngineDriver();
  readonly port = new DriverPort(this.driver);
  data!: MarketData;
  streams!: Streams;
  /** Queries wait. */
  paused = false;

  begin(options: StreamsOptions = {}): this {
    this.data = new MarketData(this.driver.engine.image());
    this.streams = new Streams(this.port, this.data, options);
    return this;
  }

  /** Carries a command out by the driver and tells the streams of it. */
  act<T>(command: (driver: EngineDriver) => T): T {
    const { engine, events } = this.driver;
    const before = engine.seq;
    const result = command(this.driver);
    if (engine.seq === before) return result;
    if (engine.seq !== before + 1) throw new Error('one command at a time');
    this.streams.onGroup(events, 0, lastOf(events));
    this.answer();
    return result;
  }

  private answer(): void {
    if (!this.paused) this.port.answer();
  }

  market(index: number): MarketState {
    return this.data.markets[index] as MarketState;
  }

  subscribe(reader: Reader, request: ChannelRequest): Subscription {
    const market = this.data.bySlug(request.market ?? '') as MarketState;
    const subscription = this.streams.subscribePublic(reader, request, market);
    this.answer();
    return subscription;
  }

  subscribePrivate(reader: Reader, account: number, requests: ChannelRequest[]): Subscription[] {
    const subscriptions = this.streams.subscribePrivate(reader, account, requests);
    this.answer();
    if (subscriptions === undefined) throw new Error('the port takes everything');
    return subscriptions;
  }

  /** The engine’s own list of the resting orders. */
  booksOf(market: number): { outcome: number; orders: [number, number, number, number][] }[] {
    return (this.driver.query('QUERY_BOOK', 0, market) as { books: ReturnType<DrivenStreams['booksOf']> }).books;
  }

  stop(): void {
    this.streams.stop();
  }
}

function lastOf(events: R.RecordBuffer): number {
  let last = 0;
  R.eachRecord(events.i32, 0, events.words, (at) => {
    last = at;
  });
  return last;
}
