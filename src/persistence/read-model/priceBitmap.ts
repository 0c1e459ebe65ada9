/**
 * Which of up to 32,768 price levels are occupied: three levels of 32-way bitmap words, so that the next occupied price
 * is found with at most five `clz32`, whatever the distance.
 */
export class PriceBitmap {
  private readonly low: Int32Array;
  private readonly middle: Int32Array;
  private top = 0;

  constructor(levels: number) {
    this.low = new Int32Array((levels >> 5) + 1);
    this.middle = new Int32Array((levels >> 10) + 1);
  }

  set(level: number): void {
    const l = this.low;
    const m = this.middle;
    l[level >> 5] = (l[level >> 5] as number) | (1 << (level & 31));
    m[level >> 10] = (m[level >> 10] as number) | (1 << ((level >> 5) & 31));
    this.top |= 1 << (level >> 10);
  }

  clear(level: number): void {
    const l = this.low;
    const word = (l[level >> 5] as number) & ~(1 << (level & 31));
    l[level >> 5] = word;
    if (word !== 0) return;
    const m = this.middle;
    const above = (m[level >> 10] as number) & ~(1 << ((level >> 5) & 31));
    m[level >> 10] = above;
    if (above === 0) this.top &= ~(1 << (level >> 10));
  }

  /** The lowest occupied level ≥ `level`, or −1. */
  atOrAbove(level: number): number {
    let word = (this.low[level >> 5] as number) & (-1 << (level & 31));
    if (word !== 0) return (level & ~31) + lowestBit(word);
    const w = level >> 5;
    word = (w & 31) === 31 ? 0 : (this.middle[w >> 5] as number) & (-1 << ((w & 31) + 1));
    let found = w >> 5;
    if (word === 0) {
      const above = found === 31 ? 0 : this.top & (-1 << (found + 1));
      if (above === 0) return -1;
      found = lowestBit(above);
      word = this.middle[found] as number;
    }
    const low = found * 32 + lowestBit(word);
    return low * 32 + lowestBit(this.low[low] as number);
  }

  /** The highest occupied level ≤ `level`, or −1. */
  atOrBelow(level: number): number {
    let word = (this.low[level >> 5] as number) & (-1 >>> (31 - (level & 31)));
    if (word !== 0) return (level & ~31) + highestBit(word);
    const w = level >> 5;
    word = (w & 31) === 0 ? 0 : (this.middle[w >> 5] as number) & (-1 >>> (32 - (w & 31)));
    let found = w >> 5;
    if (word === 0) {
      const below = found === 0 ? 0 : this.top & (-1 >>> (32 - found));
      if (below === 0) return -1;
      found = highestBit(below);
      word = this.middle[found] as number;
    }
    const low = found * 32 + highestBit(word);
    return low * 32 + highestBit(this.low[low] as number);
  }
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
const highestBit = (word: number): number => 31 - Math.clz32(word);
