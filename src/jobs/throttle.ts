/** A message of one part is said again after so long; those in between are counted. */
const QUIET_MS = 10_000;

/** A database that is away makes every connection complain, over and over: one line for each part in a while is enough. */
export class Throttle {
  private readonly parts = new Map<string, { until: number; more: number }>();
  private readonly write: (message: string, fields: object) => void;

  constructor(write: (message: string, fields: object) => void) {
    this.write = write;
  }

  /** `part` is one of few. */
  say(part: string, message: string, fields: object): void {
    const now = performance.now();
    const last = this.parts.get(part);
    if (last !== undefined && now < last.until) {
      last.more++;
      return;
    }
    this.parts.set(part, { until: now + QUIET_MS, more: 0 });
    this.write(message, last === undefined || last.more === 0 ? fields : { ...fields, more: last.more });
  }
}
