import crypto from 'k6/crypto';
import type { PlanAccount } from '../run/plan.ts';

/** The fields of an `auth` by API key: see docs/PROTOCOL.md. */
export function signedNow({ apiKey, signingKey }: PlanAccount): {
  apiKey: string;
  timestamp: number;
  signature: string;
} {
  const timestamp = Date.now();
  return { apiKey, timestamp, signature: crypto.hmac('sha256', bytesOf(signingKey), String(timestamp), 'hex') };
}

function bytesOf(hex: string): ArrayBuffer {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes.buffer;
}
