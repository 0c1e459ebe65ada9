import { addressKey } from './address.ts';

/** How many connections each address has, over whatever transport. */
export class SocketCounts {
  private readonly counts = new Map<string, number>();

  /** Counts one more; returns how many there are now. */
  enter(address: string): number {
    const key = addressKey(address);
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count;
  }

  leave(address: string): void {
    const key = addressKey(address);
    const count = (this.counts.get(key) ?? 1) - 1;
    if (count === 0) this.counts.delete(key);
    else this.counts.set(key, count);
  }

  of(address: string): number {
    return this.counts.get(addressKey(address)) ?? 0;
  }
}
