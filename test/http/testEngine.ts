import { Engine } from '../../src/engines/engine.ts';
import { BatchTimes, preciseNow } from '../../src/engines/loop/batchTimes.ts';
import { Ring } from '../../src/engines/loop/ring.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { FIRST_QUERY } from '../../src/engines/records/commands.ts';
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

  constructor(clock: () => number) {
    this.clock = clock;
    this.port = new RingPort(this.input, this.output, 0, 0, { times: this.times });
    this.input.onPut = () => setImmediate(this.turn);
  }

  private readonly turn = (): void => {
    const { input, engine } = this;
    for (let position = input.peek(); position >= 0; position = input.peek()) {
      const command = new R.RecordBuffer();
      const events = new R.RecordBuffer();
      const at = command.append(input.i32, position, position + (input.i32[position] as number));
      input.advance(position);
      if ((command.i32[at + R.KIND] as number) >= FIRST_QUERY) engine.query(command.i32, command.f64, at, events);
      else {
        command.f64[(at + R.SEQ) >> 1] = engine.seq + 1;
        command.f64[(at + R.TIME) >> 1] = Math.max(engine.time, this.clock());
        engine.apply(command.i32, command.f64, at, events);
        let doneAt = 0;
        R.eachRecord(events.i32, 0, events.words, (event) => {
          doneAt = event;
        });
        this.onCommand(command, at, events, doneAt);
        this.times.write(engine.seq, engine.seq, preciseNow(), preciseNow());
      }
      if (this.output.putSome(events.i32, 0, events.words) !== events.words) throw new Error('the test ring is full');
    }
  };
}
