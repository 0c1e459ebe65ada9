/** Typed arrays that grow by doubling, so that growth costs O(1) an element. */
export function grownInt32(old: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  let capacity = Math.max(16, old.length);
  while (capacity < needed) capacity *= 2;
  const grown = new Int32Array(capacity);
  grown.set(old);
  return grown;
}

export function grownFloat64(old: Float64Array, needed: number): Float64Array<ArrayBuffer> {
  let capacity = Math.max(16, old.length);
  while (capacity < needed) capacity *= 2;
  const grown = new Float64Array(capacity);
  grown.set(old);
  return grown;
}

/** Fails loudly: a broken assertion is our fault, never the client's; the shard stops and recovers from the journal. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${what}`);
}
