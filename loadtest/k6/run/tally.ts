import exec from 'k6/execution';
import { clearInterval, setInterval } from 'k6/timers';
import { type Buckets, bucketOf } from '../checks/latencyBuckets.ts';
import {
  ackLatency,
  answersReceived,
  type Fault,
  faultCounters,
  generatorLag,
  passwordLatency,
  refusals,
  requestErrors,
  requestsSent,
  streamMessages,
} from './metrics.ts';
import type { SecondLine } from './plan.ts';

/** Faults and failures that a VU tells in words; after that they are only counted. */
const NOTES_MAX = 20;

const SECOND_MS = 1000;

/** Counts for k6’s summary, and for the runner a line each second. One of each VU. */
class Tally {
  #second = this.#newSecond();
  #buckets: Buckets = new Map();
  #notes = 0;
  #toldAt = 0;
  #timer: number | undefined;

  begin(): void {
    // k6 judges a counter that was never touched as 0; this makes it say so.
    for (const counter of Object.values(faultCounters)) counter.add(0);
    this.#toldAt = Date.now();
    this.#timer = setInterval(() => this.#tell(), SECOND_MS);
  }

  end(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
    this.#tell();
  }

  sent(): void {
    this.#second.sent++;
  }

  answered(latencyMs: number): void {
    this.#second.answers++;
    ackLatency.add(latencyMs);
    const bucket = bucketOf(latencyMs);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
  }

  /** A password was tried: slow on purpose, so counted for itself. */
  answeredPassword(latencyMs: number): void {
    this.#second.answers++;
    passwordLatency.add(latencyMs);
  }

  /** A message of a stream. */
  message(): void {
    this.#second.messages++;
  }

  fine(): void {
    requestErrors.add(false);
  }

  /** The exchange said no, for a reason that trading has. */
  refused(code: string): void {
    this.#second.refused++;
    refusals.add(1, { code });
    requestErrors.add(false);
  }

  /** The exchange did not do what it was asked, for no good reason. */
  failed(what: string): void {
    this.#second.failed++;
    requestErrors.add(true);
    this.#note('failed', what);
  }

  fault(name: Fault, detail: string, count = 1): void {
    if (count === 0) return;
    this.#second.faults += count;
    faultCounters[name].add(count);
    this.#note(name, detail);
  }

  lag(ms: number): void {
    if (ms > this.#second.lagMs) this.#second.lagMs = ms;
    generatorLag.add(ms);
  }

  #note(kind: string, detail: string): void {
    if (this.#notes++ < NOTES_MAX) console.log(JSON.stringify({ note: `${kind}: ${detail}` }));
  }

  #tell(): void {
    const at = Date.now();
    const line: SecondLine = {
      ...this.#second,
      vu: exec.vu.idInTest,
      at,
      ms: at - this.#toldAt,
      latency: [...this.#buckets],
    };
    console.log(JSON.stringify(line));
    this.#toldAt = at;
    // Added up, because a sample of each would be what k6 spends its time on.
    requestsSent.add(line.sent);
    answersReceived.add(line.answers);
    streamMessages.add(line.messages);
    this.#second = this.#newSecond();
    this.#buckets = new Map();
  }

  #newSecond(): SecondLine {
    return {
      vu: 0,
      at: 0,
      ms: 0,
      sent: 0,
      answers: 0,
      refused: 0,
      failed: 0,
      messages: 0,
      faults: 0,
      lagMs: 0,
      latency: [],
    };
  }
}

export const tally = new Tally();
