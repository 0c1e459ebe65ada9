import { CLIENT_ID_BYTES, readClientId } from '../records/commands.ts';

const NAME_WORDS = CLIENT_ID_BYTES / 4;

/**
 * A named group of one account's quotes, with its protection: how much of it may be filled within a window before all of it
 * is withdrawn. Times in ms, sizes in lots.
 */
export class QuoteGroup {
  readonly account: number;
  /** As in TERMS: 1 … */
  readonly number: number;
  readonly nameLength: number;
  /** ASCII bytes, zero padded. */
  readonly name: Int32Array;

  /** Its resting quotes: slots by {@link quoteKey}. */
  readonly quotes = new Map<number, number>();

  /** 0: no protection. */
  window = 0;
  /** How long it is refused after a hit; 0 until it is reset. */
  frozen = 0;
  /** 0 none. */
  sizeLimit = 0;
  deltaLimit = 0;
  /** 0 never frozen, Infinity until it is reset. */
  frozenUntil = 0;
  /** When the window under way began; −1 none. What was filled in it, and bought (+) or sold (−) net. */
  windowStart = -1;
  filled = 0;
  delta = 0;

  /** Its limit was hit by the command under way: its quotes are to be withdrawn. */
  tripped = false;
  // As the plan under way (see `Protection.round`) would leave it.
  plannedRound = -1;
  plannedFilled = 0;
  plannedDelta = 0;
  plannedTrip = false;

  constructor(account: number, number: number, nameLength: number, name: Int32Array) {
    this.account = account;
    this.number = number;
    this.nameLength = nameLength;
    this.name = name;
  }

  isFrozen(time: number): boolean {
    return this.frozenUntil > time;
  }

  inWindow(time: number): boolean {
    return this.windowStart >= 0 && time < this.windowStart + this.window;
  }

  endWindow(): void {
    this.windowStart = -1;
    this.filled = this.delta = 0;
  }

  /** Would so much be a hit? */
  isHit(filled: number, delta: number): boolean {
    return (
      (this.sizeLimit !== 0 && filled >= this.sizeLimit) ||
      (this.deltaLimit !== 0 && (delta < 0 ? -delta : delta) >= this.deltaLimit)
    );
  }

  /** Keys of its resting quotes in ascending order: by market, outcome, whether mirrored, bids first. */
  sortedKeys(): Int32Array {
    return Int32Array.from(this.quotes.keys()).sort();
  }
}

export const groupName = ({ name, nameLength }: QuoteGroup): string => readClientId(name, 0, nameLength);

/** Where a quote stands, in the terms of its book; bijective with what its client named: market < 2^20, outcome < 64. */
export const quoteKey = (market: number, outcome: number, mirrored: boolean, side: number): number =>
  (market << 8) | (outcome << 2) | (mirrored ? 2 : 0) | side;

/** All groups of a shard, by account and number. A group is never forgotten. */
export class QuoteGroups {
  private readonly accounts: (QuoteGroup[] | undefined)[] = [];

  /** Those of an account, by number. */
  of(account: number): readonly QuoteGroup[] {
    return this.accounts[account] ?? NONE;
  }

  get(account: number, number: number): QuoteGroup {
    return (this.accounts[account] as QuoteGroup[])[number - 1] as QuoteGroup;
  }

  /** The group whose name stands at word `at` of `i32`. */
  find(account: number, i32: Int32Array, at: number, length: number): QuoteGroup | undefined {
    const groups = this.accounts[account];
    if (groups === undefined) return undefined;
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g] as QuoteGroup;
      if (group.nameLength !== length) continue;
      let same = true;
      for (let w = 0; w < NAME_WORDS && same; w++) same = group.name[w] === i32[at + w];
      if (same) return group;
    }
    return undefined;
  }

  /** A new one, with the next number. */
  add(account: number, i32: Int32Array, at: number, length: number): QuoteGroup {
    const groups = this.accounts[account] ?? [];
    this.accounts[account] = groups;
    const group = new QuoteGroup(account, groups.length + 1, length, i32.slice(at, at + NAME_WORDS));
    groups.push(group);
    return group;
  }

  /** Calls `visit` with every group, by account and number. */
  each(visit: (group: QuoteGroup) => void): void {
    for (const groups of this.accounts) for (const group of groups ?? []) visit(group);
  }
}

const NONE: readonly QuoteGroup[] = [];
