/** What is sent at most once in `conflateMs`. */
export interface Conflated {
  readonly conflateMs: number;
  /** ms of `performance.now()`, set by {@link Conflation} */
  dueAt: number;
  /** Sends what has gathered. */
  settle(): void;
}

/** One timer for everything that waits for its turn; none runs while nothing waits. */
export class Conflation {
  private readonly waiting = new Set<Conflated>();
  private timer: NodeJS.Timeout | undefined;
  private wakesAt = Number.POSITIVE_INFINITY;

  /** Settles `channel` when its interval is over. */
  later(channel: Conflated): void {
    const now = performance.now();
    channel.dueAt = now + channel.conflateMs;
    this.waiting.add(channel);
    this.wake(channel.dueAt, now);
  }

  private wake(at: number, now: number): void {
    if (at >= this.wakesAt) return;
    clearTimeout(this.timer);
    this.wakesAt = at;
    this.timer = setTimeout(this.settleDue, at - now);
    this.timer.unref();
  }

  private readonly settleDue = (): void => {
    this.wakesAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const channel of this.waiting) {
      if (channel.dueAt > now) next = Math.min(next, channel.dueAt);
      else {
        this.waiting.delete(channel);
        channel.settle();
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.wake(next, now);
  };

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.clear();
  }
}
