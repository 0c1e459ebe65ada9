import type { JsonObject } from './json.ts';

/** What the HTTP services need of the parts that run beside the gateway. */

/** A job that gave up; what an operator has to look at. */
export type JobFailure = {
  queue: string;
  jobId: string;
  name: string;
  market: string | null;
  error: string;
  attempts: number;
  failedAt: number;
};

export interface JobsPort {
  /** A market was created, its close time moved or its status changed: (re)plan what is due. Never throws. */
  marketChanged(slug: string): void;
  /** Carry out what is decided: pay the holders of a resolved or voided market. Never throws. */
  settle(slug: string): void;
  /** Newest first, at most `limit`. */
  failures(limit: number): Promise<JobFailure[]>;
}

export type CalibrationQuery = {
  from?: number;
  to?: number;
  market?: string;
  category?: string;
  /** ms before the close at which the price was taken; absent: the closing price */
  horizonMs?: number;
};

export interface CalibrationPort {
  report(query: CalibrationQuery): Promise<JsonObject>;
  /** null: no such market, or none of its prices is scored yet. */
  market(slug: string): Promise<JsonObject | null>;
  /** A reliability diagram as an SVG document. */
  svg(query: CalibrationQuery): Promise<string>;
}

/** The state of this process as /readyz reports it. */
export interface HealthPort {
  /** This process’s engine (or the one it sends to) takes commands. */
  leading(): boolean;
  journalReachable(): boolean | Promise<boolean>;
  draining(): boolean;
}
