/** Another owner has taken the shard over: this one must stop at once. What it had in doubt was not written. */
export class Fenced extends Error {
  override name = 'Fenced';
}

/** The journal contradicts itself or what was acknowledged. Nothing may be replayed or appended past it. */
export class JournalCorrupt extends Error {
  override name = 'JournalCorrupt';
}

/** The writer was closed while an append was under way: whether it was committed is not known. */
export class JournalClosed extends Error {
  override name = 'JournalClosed';
}
