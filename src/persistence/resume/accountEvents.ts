import type { Records } from '../read-model/records.ts';

/**
 * Committed events of one account, oldest first: of every command that concerned it the records that do (ORDER, SELF_TRADE, BALANCE,
 * POSITION, QUOTE_GROUP of the account, TRADEs that it took part in), as the engine gave them, and then the command’s DONE.
 */
export type Portion = {
  records: Records;
  words: number;
  /** Nothing of the account is missing up to here; the next portion begins after it. */
  upTo: number;
};

export type EndOfEvents =
  /** The journal does not reach back so far, or cannot be replayed. */
  | 'gone'
  /** The reader took too long and others wait: it may open again where it is. */
  | 'dropped';

export interface AccountEventsListener {
  /** Comes once after opening and once after each `more`. */
  portion(portion: Portion): void;
  /** Nothing comes any more. */
  ended(why: EndOfEvents): void;
}

export interface AccountEventsReader {
  /** The portion has been read: the next one, please. */
  more(): void;
  end(): void;
}

/** Events that are no longer in memory, made again from the journal. */
export interface JournalEvents {
  /**
   * Begins to read after the command `since`; never calls the listener at once. Undefined: too many are reading. The portions
   * have no end: a reader closes when it has what it needs, or gets empty portions at the end of the journal.
   */
  open(account: number, since: number, listener: AccountEventsListener): AccountEventsReader | undefined;
}
