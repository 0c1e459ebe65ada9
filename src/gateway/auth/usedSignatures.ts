/** Signatures that are remembered; past it the oldest are forgotten. Only holders of keys can add any. */
export const USED_SIGNATURES_MAX = 100_000;

/** Who has used a signature while its timestamp is good, so that nobody can use a copy. */
export class UsedSignatures {
  private readonly used = new Map<string, { by: string | undefined; until: number }>();
  private readonly max: number;

  constructor(max = USED_SIGNATURES_MAX) {
    this.max = max;
  }

  /**
   * False: somebody else has used it, or, where it is good for one use alone (`by` undefined), anybody. Times are ms of the same
   * clock; the signature is good until `until`.
   */
  take(signature: string, by: string | undefined, until: number, now: number): boolean {
    this.forget(now);
    const before = this.used.get(signature);
    if (before !== undefined) return by !== undefined && before.by === by;
    this.used.set(signature, { by, until });
    return true;
  }

  get size(): number {
    return this.used.size;
  }

  /** Those that have ended, from the oldest on; one that was signed ahead of time may hold later ones back for a moment. */
  private forget(now: number): void {
    for (const [signature, { until }] of this.used) {
      if (until >= now && this.used.size < this.max) return;
      this.used.delete(signature);
    }
  }
}
