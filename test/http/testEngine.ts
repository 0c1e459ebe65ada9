import { Engine } from '../../src/engines/engine.ts';
import { BatchTimes, preciseNow } from '../../src/engines/loop/batchTimes.ts';
import { Ring } from '../../src/engines/loop/ring.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { COMMAND, FIRST_QUERY } from '../../src/engines/records/commands.ts';
import { RingPort } from '../../src/gateway/engine-port/ringPort.ts';

const RING_WORDS = 1 << 18;

/** Tells when something is put in. */
class WatchedRing extends Ring {
  onPut: () => void = () => {};

  override put(records: R.RecordBuffer, at: number, keepFree?: number): boolean {
    const done = super.put(records, at, keepFree);
    if (done) this.onPut();
    return done;
  }
}

/**
 * The real engine behind the real port, on this thread and without a journal: every command is committed at once.
 * `onCommand` sees each command with its events, as a follower does.
 */
export class TestEngine {
  readonly engine = new Engine();
  readonly port: RingPort;
  onCommand: (command: R.RecordBuffer, at: number, events: R.RecordBuffer, doneAt: number) => void = () => {};
  private readonly input = new WatchedRing(Ring.memory(RING_WORDS));
  private readonly output = new Ring(Ring.memory(RING_WORDS));
  private readonly times = new BatchTimes(BatchTimes.memory());
  private readonly clock: () => number;
  private paused = false;

  constructor(clock: () => number) {
    this.clock = clock;
    this.port = new RingPort(this.input, this.output, 0, 0, { times: this.times });
    this.input.onPut = () => this.wake();
  }

  /** It takes nothing until {@link resume}: what is sent waits in the ring. */
  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.wake();
  }

  /** Has it look at the clock, as the loop does by itself when something is due. */
  wake(): void {
    setImmediate(this.turn);
  }

  private readonly turn = (): void => {
    if (this.paused) return;
    const { input, engine } = this;
    this.expire();
    for (let position = input.peek(); position >= 0; position = input.peek()) {
      const command = new R.RecordBuffer();
      const at = command.append(input.i32, position, position + (input.i32[position] as number));
      input.advance(position);
      if ((command.i32[at + R.KIND] as number) < FIRST_QUERY) this.apply(command, at);
      else {
        const events = new R.RecordBuffer();
        engine.query(command.i32, command.f64, at, events);
        this.publish(events);
      }
    }
  };

  /** What is due ends by a command that nobody sent. */
  private expire(): void {
    if (this.engine.nextExpiry > this.clock()) return;
    const command = new R.RecordBuffer();
    const at = command.begin(COMMAND.EXPIRE_ORDERS, R.BODY);
    command.i32[at + R.MARKET] = -1;
    this.apply(command, at);
  }

  private apply(command: R.RecordBuffer, at: number): void {
    const { engine } = this;
    const events = new R.RecordBuffer();
    command.f64[(at + R.SEQ) >> 1] = engine.seq + 1;
    command.f64[(at + R.TIME) >> 1] = Math.max(engine.time, this.clock());
    engine.apply(command.i32, command.f64, at, events);
    let doneAt = 0;
    R.eachRecord(events.i32, 0, events.words, (event) => {
      doneAt = event;
    });
    this.onCommand(command, at, events, doneAt);
    this.times.write(engine.seq, engine.seq, preciseNow(), preciseNow());
    this.publish(events);
  }

  private publish(events: R.RecordBuffer): void {
    if (this.output.putSome(events.i32, 0, events.words) !== events.words) throw new Error('the test ring is full');
  }
}
