import type { EndOfEvents } from './accountEvents.ts';

/** What the gateway’s thread asks of the one that replays; `id` names a reader. */
export type ToResumer =
  | { type: 'open'; id: number; account: number; since: number }
  | { type: 'more'; id: number }
  | { type: 'end'; id: number }
  | { type: 'stop' };

export type FromResumer =
  /** `records` is handed over, not copied. */
  | { type: 'portion'; id: number; records: ArrayBuffer; upTo: number }
  | { type: 'ended'; id: number; why: EndOfEvents }
  | { type: 'trouble'; message: string }
  /** Nobody has read for a while, and the engine’s memory has been given back. */
  | { type: 'idle' };
