import { preciseNow, type StageTimes } from '../../engines/loop/batchTimes.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { Latency } from '../latency/latency.ts';
import type { ConnectionBudget } from '../limits/budgets.ts';

/** Frames of answers. `fields` is the inside of an object, `"time":17`; `more` what follows it, `,"timing":{…}`. */
export const success = (id: number, fields: string, more: string): string =>
  fields === '' ? `{"id":${id},"ok":true${more}}` : `{"id":${id},"ok":true,${fields}${more}}`;

/** `id` null: the request had none that could be repeated. */
export const failure = (id: number | null, error: WireError, more: string): string =>
  `{"id":${id},"ok":false,"error":${JSON.stringify(error)}${more}}`;

/** What a request asks to be told of itself, or (`sampled`) what the server wants to know of it. */
type Asked = {
  timing: boolean;
  budget: boolean;
  sampled: boolean;
  receivedAt: number;
  /** Of the last command that the engine has carried out for it, where the answer is written later than that one’s `done`. */
  stages?: StageTimes;
};

/** What a session’s answers are measured with. */
export type Measures = {
  /** The stage times of the command that is being answered. */
  port: { stages(): StageTimes | undefined };
  latency: Latency;
};

/** The requests of one connection whose answers say, or whose way shows, where their time went. Others leave no trace. */
export class AskedAnswers {
  private asked: Map<number | null, Asked> | undefined;

  /** Before the request is carried out. `heardAt`: `performance.now()`; `id`: what its answer will have. */
  note(message: unknown, id: (message: unknown) => number | null, heardAt: number, latency: Latency): void {
    const sampled = latency.sample(heardAt);
    const { timing, budget } = (message ?? {}) as { timing?: unknown; budget?: unknown };
    if (timing !== true && budget !== true && !sampled) return;
    const receivedAt = performance.timeOrigin + heardAt;
    this.asked ??= new Map();
    this.asked.set(id(message), { timing: timing === true, budget: budget === true, sampled, receivedAt });
  }

  /** As {@link note}, of a request that asks for nothing. */
  sample(id: number, heardAt: number, latency: Latency): void {
    if (!latency.sample(heardAt)) return;
    this.asked ??= new Map();
    const receivedAt = performance.timeOrigin + heardAt;
    this.asked.set(id, { timing: false, budget: false, sampled: true, receivedAt });
  }

  /** Within the `done` of a command whose request is answered later. `id`: of the request. */
  keepStages(id: number, { port }: Measures): void {
    const asked = this.asked?.get(id);
    const stages = port.stages();
    if (asked !== undefined && stages !== undefined) asked.stages = stages;
  }

  /** What the answer has besides its own fields: `,"timing":{…},"budget":{…}`. Whoever calls queues it at once. */
  take(id: number | null, budget: ConnectionBudget | undefined, now: number, { port, latency }: Measures): string {
    const asked = this.asked?.get(id);
    if (asked === undefined) return '';
    this.asked?.delete(id);
    const { receivedAt } = asked;
    const stages = port.stages() ?? asked.stages;
    const sent = Math.max(preciseNow(), receivedAt);
    let text = '';
    if (stages === undefined) {
      if (asked.timing) text = `,"timing":{"receivedAt":${micros(receivedAt)},"sent":${micros(sent - receivedAt)}}`;
    } else {
      // Clocks of threads may differ by a little: no stage ends before it began.
      const sequenced = Math.min(Math.max(stages.sequencedAt, receivedAt), sent);
      const committed = Math.min(Math.max(stages.committedAt, sequenced), sent);
      if (asked.sampled) latency.record(receivedAt, sequenced, committed, sent);
      if (asked.timing) {
        const after = (at: number) => micros(at - receivedAt);
        text = `,"timing":{"receivedAt":${micros(receivedAt)},"sequenced":${after(sequenced)},"committed":${after(committed)},"sent":${after(sent)}}`;
      }
    }
    if (!asked.budget || budget === undefined) return text;
    return `${text},"budget":{"requests":${budget.requests.left(now)},"cancels":${budget.cancels.left(now)}}`;
  }
}

const micros = (ms: number): number => Math.round(ms * 1_000);
