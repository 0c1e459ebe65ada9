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

/** Compares in constant time; texts of another length are unequal. */
export function sameText(left: string, right: string): boolean {
  const a = Buffer.from(left);
  const b = Buffer.from(right);
  return a.length === b.length && timingSafeEqual(a, b);
}
