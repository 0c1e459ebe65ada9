import type { Latency } from '../percentiles.ts';
import type { Flow } from './flows.ts';

/** Where the generator goes: a connection for each token, undefined without a login. */
export type Target = { url: string; tokens: (string | undefined)[] };

export type ClosedLoop = { kind: 'closed'; target: Target; window: number; requests: number; flow: Flow };
export type OpenLoop = { kind: 'open'; target: Target; perSecond: number; seconds: number; flow: Flow };
/** `frames`: what a bare server is to publish; without them orders that each change the book of `market`. */
export type FanOut = {
  kind: 'fanOut';
  target: Target;
  sockets: number;
  perSecond: number;
  seconds: number;
  market: string;
  frames?: string[];
};
export type Hold = { kind: 'hold'; target: Target };
export type Task = ClosedLoop | OpenLoop | FanOut | Hold;

/** Refusals by their code. */
type Refusals = Record<string, number>;
export type ClosedResult = { perSecond: number; latencyMs: Latency; refused: Refusals };
export type OpenResult = {
  sent: number;
  lost: number;
  refused: Refusals;
  perSecond: number;
  /** From when a request was to be sent. */
  latencyMs: Latency;
  /** How late the generator itself sent. */
  lagMs: Latency;
};
export type FanOutResult = {
  updates: number;
  delivered: number;
  missing: number;
  seconds: number;
  latencyMs: Latency;
  frames: string[];
};
export type HoldResult = { pings: number; lost: number };
export type Results = { closed: ClosedResult; open: OpenResult; fanOut: FanOutResult; hold: HoldResult };

/** `begin` and `end` enclose what is measured: who started the generator looks at the processors then. */
export type FromGenerator =
  | { type: 'begin' }
  | { type: 'end' }
  | { type: 'result'; result: Results[keyof Results] }
  | { type: 'failed'; error: string };
/** Ends a `hold`. */
export type ToGenerator = { type: 'task'; task: Task } | { type: 'enough' };
