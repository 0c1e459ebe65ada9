import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits from the operating system, as text. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is kept of a secret. Secrets are random, so a fast hash is enough. */
export const hashSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest();

/**
 * How an API key signs: hex HMAC-SHA-256 of the timestamp (decimal milliseconds, as in the request), keyed by the 32 bytes
 * of SHA-256 of the secret’s text. The server keeps only that hash, and both sides can compute it:
 * `createHmac('sha256', createHash('sha256').update(secret).digest()).update(String(timestamp)).digest('hex')`.
 */
export const signTimestamp = (secretHash: Uint8Array, timestamp: number): string =>
  createHmac('sha256', secretHash).update(String(timestamp)).digest('hex');

/** A request over HTTP, as its signature sees it. */
export type SignedRequest = {
  /** In capitals. */
  method: string;
  /** Path and query as they are sent: `/api/v1/orders?market=rain`. */
  target: string;
  body: Uint8Array;
};

/** How an API key signs a request: as {@link signTimestamp}, of timestamp, method and target, each ended by `\n`, and the body. */
export const signRequest = (
  secretHash: Uint8Array,
  timestamp: number,
  { method, target, body }: SignedRequest,
): string => createHmac('sha256', secretHash).update(`${timestamp}\n${method}\n${target}\n`).update(body).digest('hex');

/** Compares in constant time; texts of another length are unequal. */
export function sameText(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
