import type { memoryEach } from './flatness.ts';
import type { Measured } from './measure.ts';
import type { Size } from './sizedExchange.ts';

/** What a child process is asked for; each answers with one line of JSON. */
export type Task =
  | {
      kind: 'flow';
      contender: string;
      files: { flow: string; warmUp: string };
      count: number;
      /** Commands of the other flow before. */
      warmUp: number;
      latencies: number;
      allocations: number;
    }
  | { kind: 'flatness'; size: Size }
  | { kind: 'memory'; count: number }
  | { kind: 'lmsr'; outcomes: number; count: number };

export type Answers = { flow: Measured; flatness: number; memory: ReturnType<typeof memoryEach>; lmsr: number };
