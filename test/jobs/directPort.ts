import * as R from '../../src/engines/records/buffer.ts';
import { codeName, DONE_COUNT } from '../../src/engines/records/events.ts';
import { MarketData } from '../../src/gateway/market-data/marketData.ts';
import type { CommandPort } from '../../src/jobs/ports.ts';
import type { EngineDriver } from '../support/engineDriver.ts';

/** The real engine, asked directly: each request is applied at once, and market data follows it. */
export class DirectPort implements CommandPort {
  readonly buffer = new R.RecordBuffer();
  readonly driver: EngineDriver;
  readonly markets: MarketData;
  /** Kinds of the commands so far. */
  readonly kinds: number[] = [];
  /** Runs before each command, as if somebody else had been faster. */
  before: () => void = () => {};
  private readonly events = new R.RecordBuffer();

  /** Takes over where the driver is now. */
  constructor(driver: EngineDriver) {
    this.driver = driver;
    this.markets = new MarketData(driver.engine.image());
  }

  get seq(): number {
    return this.driver.engine.seq;
  }

  async request(at: number): ReturnType<CommandPort['request']> {
    this.before();
    const { buffer, events } = this;
    const { engine, time } = this.driver;
    buffer.f64[(at + R.SEQ) >> 1] = engine.seq + 1;
    buffer.f64[(at + R.TIME) >> 1] = time;
    this.kinds.push(buffer.i32[at + R.KIND] as number);
    events.clear();
    engine.apply(buffer.i32, buffer.f64, at, events);
    buffer.clear();
    let doneAt = 0;
    R.eachRecord(events.i32, 0, events.words, (event) => {
      doneAt = event;
    });
    this.markets.apply(events, 0, doneAt);
    const code = events.i32[doneAt + R.CODE] as number;
    return {
      code: code === 0 ? undefined : codeName(code),
      count: events.i32[doneAt + DONE_COUNT] as number,
      seq: engine.seq,
    };
  }
}
