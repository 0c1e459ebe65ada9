/** Small fast chaotic generator of 128 bits (Doty-Humphrey): the same draws on every machine. */
export class Sfc32 {
  private a = 0x9e3779b9 | 0;
  private b = 0x243f6a88 | 0;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.c = seed | 0;
    for (let i = 0; i < 20; i++) this.uint32();
  }

  uint32(): number {
    const drawn = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + drawn) | 0;
    return drawn >>> 0;
  }

  /** In [0, 1). */
  fraction(): number {
    return this.uint32() / 4_294_967_296;
  }

  /** Both ends included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  /** About normal, mean 0 and variance 1: a sum of twelve. */
  gaussian(): number {
    let sum = 0;
    for (let i = 0; i < 12; i++) sum += this.fraction();
    return sum - 6;
  }
}
