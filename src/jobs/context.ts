import type { CommandPort, JobMarkets } from './ports.ts';

/** What the jobs that drive markets share. */
export type JobContext = {
  port: CommandPort;
  markets: JobMarkets;
  /** ms */
  now: () => number;
  /** True once no further command may be sent: a job ends where it is, and the next start finds what is left. */
  stopping: () => boolean;
  /** Markets that are closed for good and whose resting orders are all canceled. */
  swept: Set<number>;
};
