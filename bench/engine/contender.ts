import type { Digest } from './digest.ts';

/** A matching engine that a flow is run through. */
export interface Contender {
  /** Makes ready what its users would hand it for the commands `from … to`: not timed. */
  ready(from: number, to: number): void;
  /** Applies command `index`. */
  apply(index: number): void;
  /** Reads the trades of the commands applied since the last call, where `apply` does not answer with them: not timed. */
  read(): void;
  /** What it did so far, and what rests now. Once. */
  digest(): Digest;
}

/** Commands between two commits, about: what the loop takes from its ring while the batch before becomes durable. */
export const BATCH = 1_024;

/** Applies the commands `from … to` in batches; returns the seconds that applying them took. */
export function run(contender: Contender, from: number, to: number): number {
  let ms = 0;
  for (let at = from; at < to; at += BATCH) {
    const end = Math.min(at + BATCH, to);
    contender.ready(at, end);
    const start = performance.now();
    for (let i = at; i < end; i++) contender.apply(i);
    ms += performance.now() - start;
    contender.read();
  }
  return ms / 1_000;
}
