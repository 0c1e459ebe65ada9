import bcrypt from 'bcrypt';
import { PASSWORD_BYTES_MAX } from '../../protocol/http.ts';

/** 2^10 rounds: about 50 ms of one core a hash. */
export const BCRYPT_COST = 10;
/** Hashes at once: half of libuv’s four threads, so that files and name look-ups still get one. */
export const HASHES_AT_ONCE = 2;
/** Log-ins that wait for a hash, about five seconds’ worth; past it they are refused with OVERLOADED. */
export const HASHES_WAITING_MAX = 200;

export const OVERLOADED = 'overloaded';
export type Overloaded = typeof OVERLOADED;

/** bcrypt off the event loop, with a bounded queue before it. */
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly cost: number;
  private readonly waitingMax: number;
  private readonly dummy: string;

  constructor(cost = BCRYPT_COST, waitingMax = HASHES_WAITING_MAX) {
    this.cost = cost;
    this.waitingMax = waitingMax;
    // A valid hash of no known password: comparing with it takes as long as with a real one of this cost.
    this.dummy = `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  }

  hash(password: string): Promise<string | Overloaded> {
    return this.queue(() => bcrypt.hash(password, this.cost));
  }

  /**
   * Whether the password is that of `hash`; undefined (an unknown user) takes as long and is false. A password that
   * bcrypt would cut is nobody’s, after the same time.
   */
  matches(password: string, hash: string | undefined): Promise<boolean | Overloaded> {
    const whole = Buffer.byteLength(password) <= PASSWORD_BYTES_MAX;
    const known = whole && hash !== undefined;
    return this.queue(async () => (await bcrypt.compare(password, known ? hash : this.dummy)) && known);
  }

  private async queue<T>(work: () => Promise<T>): Promise<T | Overloaded> {
    if (this.running >= HASHES_AT_ONCE) {
      if (this.waiting.length >= this.waitingMax) return OVERLOADED;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running++;
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next)
        next(); // takes over our place
      else this.running--;
    }
  }
}
