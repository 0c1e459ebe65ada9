/** IPv4 addresses mapped into IPv6 start with these 12 bytes. */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255];

/**
 * The peer’s address as text, from uWebSockets.js’s binary form: `"127.0.0.1"`, `"2001:db8:0:0:0:0:0:1"`. IPv4 mapped into
 * IPv6 is written as IPv4. Headers such as X-Forwarded-For are not asked: anyone can write them.
 */
export function addressText(binary: ArrayBuffer): string {
  const bytes = new Uint8Array(binary);
  if (bytes.length === 4) return bytes.join('.');
  if (MAPPED_PREFIX.every((byte, i) => bytes[i] === byte)) return bytes.subarray(12).join('.');
  const groups: string[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    groups.push((((bytes[i] as number) << 8) | (bytes[i + 1] as number)).toString(16));
  }
  return groups.join(':');
}

/** What limits by address count by: the address, of IPv6 its first 64 bits, which one subscriber owns whole. */
export function addressKey(address: string): string {
  const groups = address.split(':');
  return groups.length === 8 ? groups.slice(0, 4).join(':') : address;
}
