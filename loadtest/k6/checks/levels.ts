import { parsePrice } from '../../../src/protocol/units.ts';
import { appendByte, appendPiece, type Piece, pieceOf } from './crc32.ts';

/** A price level as the messages say it. */
interface Level {
  readonly ticks: number;
  /** Of `price:size`. */
  readonly piece: Piece;
}

/** Levels of a side that the checksum covers. */
const CRC_LEVELS = 10;
const COMMA = 44;

/** One side of a book, best price first. */
export class Levels {
  readonly #levels: Level[] = [];
  /** 1 where the lowest price is the best. */
  readonly #sign: number;

  constructor(side: 'bid' | 'ask') {
    this.#sign = side === 'bid' ? -1 : 1;
  }

  /** Ticks; undefined without levels. */
  get best(): number | undefined {
    return this.#levels[0]?.ticks;
  }

  /** Size `"0"` removes. */
  set(price: string, size: string): void {
    const ticks = parsePrice(price);
    const at = this.#find(ticks);
    const isThere = this.#levels[at]?.ticks === ticks;
    if (size !== '0') this.#levels.splice(at, isThere ? 1 : 0, { ticks, piece: pieceOf(`${price}:${size}`) });
    else if (isThere) this.#levels.splice(at, 1);
  }

  /** The checksum's register after the best levels, at most `depth` of them, have followed. */
  appendTo(register: number, depth: number): number {
    const count = Math.min(this.#levels.length, depth, CRC_LEVELS);
    let appended = register;
    for (let i = 0; i < count; i++) {
      if (i > 0) appended = appendByte(appended, COMMA);
      appended = appendPiece(appended, (this.#levels[i] as Level).piece);
    }
    return appended;
  }

  /** The first index whose price is not better than this one. */
  #find(ticks: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (((this.#levels[middle] as Level).ticks - ticks) * this.#sign < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
