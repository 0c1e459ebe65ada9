/**
 * CRC-32 (ISO 3309: zlib, PNG) of a text that is put together from pieces which change rarely, as the levels of a book
 * are. k6's JavaScript takes a microsecond a character, so a piece is read once; later it costs four look-ups: the CRC of
 * `a + b` is that of `a` moved over the length of `b` (a linear map), added to that of `b`.
 */
const POLYNOMIAL = 0xedb88320;

/** What one byte does to the register. */
const BYTE = new Int32Array(256);
for (let byte = 0; byte < 256; byte++) {
  let register = byte;
  for (let bit = 0; bit < 8; bit++) register = register & 1 ? POLYNOMIAL ^ (register >>> 1) : register >>> 1;
  BYTE[byte] = register;
}

/** A text without its place: its length, and what it leaves in an empty register. */
export interface Piece {
  readonly length: number;
  readonly register: number;
}

/** ASCII alone. */
export function pieceOf(text: string): Piece {
  let register = 0;
  for (let i = 0; i < text.length; i++) register = appendByte(register, text.charCodeAt(i));
  return { length: text.length, register };
}

/** The register that a text begins with. */
export const EMPTY = -1;

export const appendByte = (register: number, byte: number): number =>
  (BYTE[(register ^ byte) & 255] as number) ^ (register >>> 8);

/** The register after `piece` has followed what is in `register`. */
export function appendPiece(register: number, { length, register: own }: Piece): number {
  const move = MOVES[length] ?? makeMove(length);
  return (
    (move[register & 255] as number) ^
    (move[256 + ((register >>> 8) & 255)] as number) ^
    (move[512 + ((register >>> 16) & 255)] as number) ^
    (move[768 + (register >>> 24)] as number) ^
    own
  );
}

/** The checksum of all that was appended, unsigned. */
export const checksumOf = (register: number): number => (register ^ -1) >>> 0;

/** By length: what the four bytes of a register become when so many zero bytes follow. */
const MOVES: (Int32Array | undefined)[] = [];

function makeMove(length: number): Int32Array {
  const move = new Int32Array(1024);
  for (let bit = 0; bit < 32; bit++) {
    let register = 1 << bit;
    for (let i = 0; i < length; i++) register = appendByte(register, 0);
    move[(bit >> 3) * 256 + (1 << (bit & 7))] = register;
  }
  for (let byte = 0; byte < 4; byte++) {
    for (let value = 1; value < 256; value++) {
      const lowest = value & -value;
      if (lowest !== value) {
        move[byte * 256 + value] =
          (move[byte * 256 + lowest] as number) ^ (move[byte * 256 + (value ^ lowest)] as number);
      }
    }
  }
  MOVES[length] = move;
  return move;
}
