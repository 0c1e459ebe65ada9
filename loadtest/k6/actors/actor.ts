import type { Paced } from '../run/pace.ts';

/** One socket’s behaviour. */
export interface Actor extends Partial<Paced> {
  /** Connects; false where that fails, which has been told. */
  open(): Promise<boolean>;
  /** Loses its connection and comes back, if it is one of those that do. */
  reconnect?(): Promise<void>;
  /** After the load: waits for its answers, compares what it has seen with what is, and leaves. */
  finish(): Promise<void>;
}
