import type { RecordBuffer } from '../engines/records/buffer.ts';
import type { MARKET_STATUSES } from '../engines/records/events.ts';
import type { ErrorCode } from '../protocol/errors.ts';

/** What jobs need of the parts around them; the gateway’s port, market data and logger have it. */

/** The engine, to propose commands to. */
export interface CommandPort {
  /** Build one record here, then hand it to `request`, which clears the buffer. */
  readonly buffer: RecordBuffer;
  /** Resolves when the command is committed or refused; a full ring is OVERLOADED. */
  request(at: number): Promise<{ readonly code: ErrorCode | undefined; readonly count: number; readonly seq: number }>;
  /** Of the last committed command. */
  readonly seq: number;
}

/** A market as the last committed command left it; changes under its reader. */
export interface JobMarket {
  readonly market: number;
  readonly slug: string;
  readonly status: (typeof MARKET_STATUSES)[number];
  readonly closeTime: number;
  readonly disputeUntil: number;
  /** Resting orders when its status last changed. */
  readonly openOrders: number;
  readonly settled: number;
  readonly settlementSteps: number;
  readonly settlementDone: boolean;
  /** micros */
  readonly paid: number;
}

export interface JobMarkets {
  /** By market number. */
  readonly markets: readonly JobMarket[];
  bySlug(slug: string): JobMarket | undefined;
}

export type JobLog = Record<'error' | 'warn' | 'info', (fields: object, message: string) => void>;
