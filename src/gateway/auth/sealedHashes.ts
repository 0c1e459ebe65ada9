import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = 'brier api keys';

/**
 * What the database keeps of API keys. The hash of a key’s secret is what its signatures are keyed by: whoever reads the
 * database must not find it there, so it is encrypted with the server’s own secret, bound to the key’s id.
 */
export class SealedHashes {
  private readonly key: Uint8Array;

  constructor(serverSecret: string) {
    this.key = new Uint8Array(hkdfSync('sha256', serverSecret, '', PURPOSE, KEY_BYTES));
  }

  /** Nonce, ciphertext, tag. */
  seal(id: string, secretHash: Uint8Array): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, nonce).setAAD(Buffer.from(id));
    return Buffer.concat([nonce, cipher.update(secretHash), cipher.final(), cipher.getAuthTag()]);
  }

  /** undefined: not sealed with this secret for this id. */
  open(id: string, sealed: Uint8Array): Buffer | undefined {
    if (sealed.length <= NONCE_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(id)).setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([text, decipher.final()]);
    } catch {
      return undefined; // the library’s way of saying no
    }
  }
}
