import { ACCOUNT } from '../../engines/records/buffer.ts';
import { EVENT, LEG, TRADE_FLAGS } from '../../engines/records/events.ts';

/** Kinds of which the account’s own channels tell. */
export const isPrivate = (kind: number): boolean =>
  kind === EVENT.ORDER ||
  kind === EVENT.BALANCE ||
  kind === EVENT.POSITION ||
  kind === EVENT.SELF_TRADE ||
  kind === EVENT.QUOTE_GROUP;

/** The account whose fill as a taker the TRADE record at `at` is; −1 none: of a set’s legs only the makers’ are fills. */
export const takerOf = (i32: Int32Array, at: number): number =>
  ((i32[at + TRADE_FLAGS] as number) & LEG) === 0 ? (i32[at + ACCOUNT] as number) : -1;
