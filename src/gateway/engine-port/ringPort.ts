import type { BatchTimes, StageTimes } from '../../engines/loop/batchTimes.ts';
import type { Ring } from '../../engines/loop/ring.ts';
import * as R from '../../engines/records/buffer.ts';
import { COMMAND, FIRST_QUERY, readText } from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import type { EnginePort, Pending, Reply } from './enginePort.ts';
import { endsGroup } from './groups.ts';
import { limitAtFault } from './limitAtFault.ts';

/**
 * How long the output ring is polled without news before the thread sleeps until the engine wakes it: long enough for the
 * answer of a query. A commit takes longer, and what polling burns meanwhile is missing to the database.
 */
const POLL_US = 20;
/**
 * The engine is woken when the sockets of this turn have been read, or after so many commands: woken by the first, it would
 * commit that one alone, and all the others would wait a whole commit longer.
 */
const SIGNAL_EVERY = 64;
/** Commands that may be under way at once; more are refused as OVERLOADED. A power of two. */
const OUTSTANDING_MAX = 1 << 16;
/** Of these, and of the ring, so much is kept free for what is no order: cancels, and what operators and jobs do. */
const KEPT_PART = 16;
/** Commands under way at which an order or a query is refused. */
export const COMMANDS_OUTSTANDING_MAX = OUTSTANDING_MAX - OUTSTANDING_MAX / KEPT_PART;
export const CANCELS_OUTSTANDING_MORE = OUTSTANDING_MAX / KEPT_PART;
const ORDERS: ReadonlySet<number> = new Set([COMMAND.PLACE, COMMAND.AMEND, COMMAND.BATCH, COMMAND.QUOTES]);
/** Words of events that one turn of this thread hands out: some 2,000 orders. */
const TURN_WORDS_MAX = 1 << 18;
/** A command whose commit is not confirmed for so long is answered STATUS_UNKNOWN: it may still be carried out. */
const ANSWER_TIMEOUT_MS = 10_000;
/** Takes the place of one that has been answered so. */
const ANSWERED: Pending = { done: () => {} };

/**
 * The engine port over two rings. Answers come in the order of sending, so what waits is a queue, not a map. The output ring
 * is polled for a moment while something is outstanding; then the engine wakes this thread: see {@link RingPort.wake}. So it
 * does for what nobody asked for: orders that expire.
 */
export class RingPort implements EnginePort {
  readonly buffer = new R.RecordBuffer(1 << 15);
  onGroup: EnginePort['onGroup'] = () => {};
  seq: number;
  time: number;
  private readonly queue: (Pending | undefined)[] = new Array(OUTSTANDING_MAX);
  private first = 0;
  private last = 0;
  private readonly inbox = new R.RecordBuffer(1 << 18);
  /** Something is outstanding. */
  private polling = false;
  /** The engine is to call. */
  private asleep = false;
  private pollUntil = 0;
  private ticket = 0;
  /** Commands written since the engine was last woken. */
  private unsignaled = 0;
  /** The seq of the command whose answer is being handed out; 0: none, or a query. */
  private answering = 0;
  private readonly times: BatchTimes | undefined;
  private readonly input: Ring;
  private readonly output: Ring;
  private readonly onIdle: (() => void)[] = [];
  private readonly sentAt = new Float64Array(OUTSTANDING_MAX);
  /** Every command before it has been answered, by the engine or as unknown. */
  private expired = 0;
  private readonly answerTimeoutMs: number;
  private readonly sweep: NodeJS.Timeout;

  constructor(
    input: Ring,
    output: Ring,
    seq: number,
    time: number,
    { answerTimeoutMs = ANSWER_TIMEOUT_MS, times }: { answerTimeoutMs?: number; times?: BatchTimes } = {},
  ) {
    this.answerTimeoutMs = answerTimeoutMs;
    this.times = times;
    this.sweep = setInterval(() => this.expire(), answerTimeoutMs / 10);
    this.sweep.unref();
    this.input = input;
    this.output = output;
    // Where both ends are in one thread; an engine in another sends a message, which ends here, too.
    output.onSleeper = () => this.wake();
    this.seq = seq;
    this.time = time;
    this.rest();
  }

  get outstanding(): number {
    return (this.last - this.first) | 0;
  }

  stages(): StageTimes | undefined {
    return this.answering === 0 ? undefined : this.times?.of(this.answering);
  }

  send(at: number, pending: Pending, removing = false): boolean {
    const { buffer, input } = this;
    buffer.i32[at + R.TICKET] = this.ticket;
    const kind = buffer.i32[at + R.KIND] as number;
    const kept = removing || (kind < FIRST_QUERY && !ORDERS.has(kind)) ? 0 : 1;
    const room = this.outstanding < OUTSTANDING_MAX - kept * CANCELS_OUTSTANDING_MORE;
    const sent = room && input.put(buffer, at, (kept * input.capacity) / KEPT_PART);
    buffer.clear();
    if (!sent) return false;
    this.ticket = (this.ticket + 1) | 0;
    const slot = this.last & (OUTSTANDING_MAX - 1);
    this.queue[slot] = pending;
    this.sentAt[slot] = performance.now();
    this.last = (this.last + 1) | 0;
    if (++this.unsignaled >= SIGNAL_EVERY) this.signal();
    else if (this.unsignaled === 1) setImmediate(this.signal);
    if (!this.polling) {
      // Awake: the engine need not call what is looking already.
      this.asleep = false;
      this.output.wake();
      this.beginPolling();
    }
    return true;
  }

  private readonly signal = (): void => {
    this.unsignaled = 0;
    this.input.signal();
  };

  private beginPolling(): void {
    this.polling = true;
    this.pollUntil = performance.now() + POLL_US / 1_000;
    setImmediate(this.poll);
  }

  /** Nothing is outstanding: the engine calls when it has something to say all the same. */
  private rest(): void {
    this.polling = false;
    this.asleep = this.output.sleep();
    if (!this.asleep) this.beginPolling();
  }

  request(at: number, removing = false): Promise<Reply> {
    return new Promise((resolve) => {
      const pending: Pending = { done: (events, from, doneAt) => resolve(copyReply(events, from, doneAt)) };
      const sent = this.send(at, pending, removing);
      if (!sent) resolve(overloaded(this.seq, this.time));
    });
  }

  /** Answers what has waited too long: nobody waits for a database that is away without being told. */
  private expire(): void {
    const until = performance.now() - this.answerTimeoutMs;
    if (((this.expired - this.first) | 0) < 0) this.expired = this.first;
    while (this.expired !== this.last) {
      const slot = this.expired & (OUTSTANDING_MAX - 1);
      if ((this.sentAt[slot] as number) > until) return;
      const pending = this.queue[slot] as Pending;
      this.queue[slot] = pending.late ?? ANSWERED;
      this.expired = (this.expired + 1) | 0;
      const unknown = new R.RecordBuffer(E.DONE_WORDS);
      const at = unknown.begin(E.EVENT.DONE, E.DONE_WORDS);
      unknown.i32[at + R.CODE] = E.codeNumber('STATUS_UNKNOWN');
      unknown.f64[(at + R.SEQ) >> 1] = this.seq;
      unknown.f64[(at + R.TIME) >> 1] = this.time;
      pending.done(unknown, at, at);
    }
  }

  /** Resolves when every answer has come. */
  idle(): Promise<void> {
    if (this.outstanding === 0) return Promise.resolve();
    return new Promise((resolve) => this.onIdle.push(resolve));
  }

  private readonly poll = (): void => {
    const { inbox, output } = this;
    let taken = 0;
    // In portions: the socket loop must turn under a flood.
    while (taken < TURN_WORDS_MAX) {
      const position = output.peek();
      if (position < 0) break;
      const end = output.run(position, TURN_WORDS_MAX - taken);
      inbox.append(output.i32, position, end);
      output.advanceBy(end - position);
      taken += end - position;
    }
    if (taken > 0) {
      this.deliver();
      this.pollUntil = performance.now() + POLL_US / 1_000;
    }
    if (this.outstanding === 0 && inbox.words === 0) {
      this.rest();
      for (const resolve of this.onIdle.splice(0)) resolve();
    } else {
      this.asleep = taken === 0 && performance.now() >= this.pollUntil && output.sleep();
      if (!this.asleep) setImmediate(this.poll);
    }
  };

  /** The engine has written while this thread slept. */
  readonly wake = (): void => {
    if (!this.asleep) return;
    this.asleep = false;
    this.output.wake();
    this.polling = true;
    this.poll();
  };

  /** Hands out every whole group in the inbox and keeps the rest. */
  private deliver(): void {
    const { inbox } = this;
    let from = 0;
    for (let at = 0; at < inbox.words; at += inbox.i32[at] as number) {
      if (!endsGroup(inbox.i32, at)) continue;
      const command = inbox.i32[at + E.DONE_COMMAND] as number;
      this.seq = inbox.f64[(at + R.SEQ) >> 1] as number;
      this.time = inbox.f64[(at + R.TIME) >> 1] as number;
      // The engine’s loop cancels what has expired by itself: nobody waits for that answer.
      const pending = command === COMMAND.EXPIRE_ORDERS ? undefined : this.nextPending();
      if (command < FIRST_QUERY) this.onGroup(inbox, from, at);
      this.answering = command < FIRST_QUERY ? this.seq : 0;
      pending?.done(inbox, from, at);
      from = at + (inbox.i32[at] as number);
    }
    this.answering = 0;
    const rest = inbox.words - from;
    if (rest > 0) inbox.i32.copyWithin(0, from, inbox.words);
    inbox.words = rest;
  }

  private nextPending(): Pending {
    const slot = this.first & (OUTSTANDING_MAX - 1);
    const pending = this.queue[slot] as Pending;
    this.queue[slot] = undefined;
    this.first = (this.first + 1) | 0;
    return pending;
  }
}

function copyReply(events: R.RecordBuffer, from: number, doneAt: number): Reply {
  const end = doneAt + (events.i32[doneAt] as number);
  const copy = new R.RecordBuffer(end - from);
  copy.append(events.i32, from, end);
  const { i32, f64 } = copy;
  const at = doneAt - from;
  const code = i32[at + R.CODE] as number;
  const reply: Reply = {
    code: code === 0 ? undefined : E.codeName(code),
    field: E.FIELDS[i32[at + E.DONE_FIELD] as number] ?? '',
    limit: limitAtFault(i32, f64, at),
    orderId: f64[(at + E.DONE_ORDER) >> 1] as number,
    flags: i32[at + E.DONE_FLAGS] as number,
    count: i32[at + E.DONE_COUNT] as number,
    seq: f64[(at + R.SEQ) >> 1] as number,
    time: f64[(at + R.TIME) >> 1] as number,
    events: copy,
    from: 0,
    doneAt: at,
  };
  if (i32[R.KIND] === E.EVENT.ANSWER) reply.json = JSON.parse(readText(i32, E.ANSWER_TEXT));
  return reply;
}

function overloaded(seq: number, time: number): Reply {
  return {
    code: 'OVERLOADED',
    field: '',
    limit: { name: 'commandsOutstanding', value: COMMANDS_OUTSTANDING_MAX },
    orderId: 0,
    flags: 0,
    count: 0,
    seq,
    time,
    events: new R.RecordBuffer(2),
    from: 0,
    doneAt: 0,
  };
}
