/**
 * The dead-man's switches that are set: a binary heap of (time, account), the next due first. An account has at most one,
 * which is moved where it stands: whoever sets it again and again leaves nothing behind.
 */
export class Deadlines {
  private readonly accounts: number[] = [];
  private readonly times: number[] = [];
  /** Where an account stands in the heap. */
  private readonly places = new Map<number, number>();

  /** When the next is due, in ms; Infinity none. */
  get next(): number {
    return this.times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Whose that is; only after a finite {@link next}. */
  get first(): number {
    return this.accounts[0] as number;
  }

  /** Sets an account's, or with 0 takes it away. */
  set(account: number, time: number): void {
    const place = this.places.get(account);
    if (time === 0) {
      if (place !== undefined) this.remove(place);
      return;
    }
    const at = place ?? this.accounts.length;
    this.put(at, account, time);
    this.up(at);
    this.down(this.places.get(account) as number);
  }

  private remove(at: number): void {
    this.places.delete(this.accounts[at] as number);
    const account = this.accounts.pop() as number;
    const time = this.times.pop() as number;
    if (at === this.accounts.length) return;
    this.put(at, account, time);
    this.up(at);
    this.down(this.places.get(account) as number);
  }

  private up(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private down(from: number): void {
    for (let at = from; ; ) {
      let child = 2 * at + 1;
      if (child >= this.accounts.length) return;
      if (child + 1 < this.accounts.length && this.before(child + 1, child)) child++;
      if (!this.before(child, at)) return;
      this.swap(at, child);
      at = child;
    }
  }

  /** By time, then by account: a total order, so that all replicas cancel in the same order. */
  private before(a: number, b: number): boolean {
    const timeA = this.times[a] as number;
    const timeB = this.times[b] as number;
    return timeA !== timeB ? timeA < timeB : (this.accounts[a] as number) < (this.accounts[b] as number);
  }

  private swap(a: number, b: number): void {
    const account = this.accounts[a] as number;
    const time = this.times[a] as number;
    this.put(a, this.accounts[b] as number, this.times[b] as number);
    this.put(b, account, time);
  }

  private put(at: number, account: number, time: number): void {
    this.accounts[at] = account;
    this.times[at] = time;
    this.places.set(account, at);
  }
}
