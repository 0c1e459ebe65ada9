import type { HttpResponse } from '../uws.ts';

/** A market’s definition with its criteria is the largest body there is; a longer one is refused unread. */
export const BODY_BYTES_MAX = 65_536;

/** Collects a body; calls `done` once, with undefined as soon as it is longer than {@link BODY_BYTES_MAX}. */
export function readBody(res: HttpResponse, done: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  let finished = false;
  res.onData((chunk, isLast) => {
    if (finished) return;
    length += chunk.byteLength;
    if (length > BODY_BYTES_MAX) {
      finished = true;
      done(undefined);
      return;
    }
    chunks.push(Buffer.from(chunk.slice(0))); // copied: the memory is taken back after this call
    if (!isLast) return;
    finished = true;
    done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
  });
}
