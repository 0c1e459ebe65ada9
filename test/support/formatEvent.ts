import { LIMIT_NAMES } from '../../src/engines/limits.ts';
import * as R from '../../src/engines/records/buffer.ts';
import { outcomeOfTerms, readClientId } from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';

const SIDES = ['buy', 'sell'];
const STATUSES = ['open', 'filled', 'canceled'];

/** One event as a line, so that tests compare whole lists of events. Sizes in lots, prices in ticks, money in micros. */
export function formatEvent(events: R.RecordBuffer, at: number): string {
  const { i32, f64 } = events;
  const int = (word: number): number => i32[at + word] as number;
  const float = (word: number): number => f64[(at + word) >> 1] as number;
  const account = int(R.ACCOUNT);
  switch (int(R.KIND)) {
    case E.EVENT.ORDER: {
      const side = SIDES[int(E.ORDER_TERMS) & 1];
      const state = `${STATUSES[int(E.ORDER_STATUS)]} ${int(E.ORDER_FILLED)}/${int(E.ORDER_SIZE)}`;
      return `order of ${account}: ${side} ${outcomeOfTerms(int(E.ORDER_TERMS))} at ${int(E.ORDER_PRICE)} ${state}`;
    }
    case E.EVENT.TRADE: {
      const what = `${int(E.TRADE_LOTS)} of ${int(E.TRADE_OUTCOME)} at ${int(E.TRADE_PRICE)}`;
      return `trade: ${account} ${SIDES[int(E.TRADE_SIDE)]}s ${what} with ${int(E.TRADE_MAKER)} for ${float(E.TRADE_MICROS)}`;
    }
    case E.EVENT.LEVEL:
      return `level ${SIDES[int(E.LEVEL_SIDE)]} ${int(E.LEVEL_OUTCOME)} at ${int(E.LEVEL_PRICE)}: ${float(E.LEVEL_LOTS)}`;
    case E.EVENT.BALANCE:
      return `balance of ${account}: ${float(E.BALANCE_BALANCE)} held ${float(E.BALANCE_HELD)}`;
    case E.EVENT.POSITION: {
      const shares = `${float(E.POSITION_SHARES)} held ${float(E.POSITION_HELD)}`;
      return `position of ${account} in ${int(E.POSITION_OUTCOME)}: ${shares} cost ${float(E.POSITION_COST)}`;
    }
    case E.EVENT.MARKET:
      return `market ${int(R.MARKET)}: ${E.MARKET_STATUSES[int(E.MARKET_STATUS)]}`;
    case E.EVENT.AMM:
      return `amm of ${int(R.MARKET)}`;
    case E.EVENT.SETTLEMENT:
      return `settled ${int(E.SETTLEMENT_CURSOR)}/${int(E.SETTLEMENT_HOLDERS)} paid ${float(E.SETTLEMENT_PAID)}`;
    case E.EVENT.SELF_TRADE:
      return `self-trade of ${account}: ${int(E.SELF_TRADE_LOTS)} of ${int(E.SELF_TRADE_OUTCOME)} at ${int(E.SELF_TRADE_PRICE)}`;
    case E.EVENT.QUOTE_GROUP: {
      const name = readClientId(i32, at + E.GROUP_EVENT_NAME, int(E.GROUP_EVENT_NAME_LENGTH));
      const window = `${float(E.GROUP_FILLED)} ${float(E.GROUP_DELTA)} until ${float(E.GROUP_FROZEN_UNTIL)}`;
      return `group ${name} of ${account} ${E.GROUP_CAUSES[int(E.GROUP_CAUSE)]}: ${window}`;
    }
    case E.EVENT.CONNECTION: {
      const armed = `${int(E.CONNECTION_ARMED)} armed${int(E.CONNECTION_DEFAULT) === 1 ? ' by default' : ''}`;
      return `connections of ${account}: ${armed}, cancel at ${float(E.CONNECTION_CANCEL_AT)}`;
    }
    default:
      throw new Error(`no such event: ${int(R.KIND)}`);
  }
}

/** A DONE that says what of a command was refused, as a line. */
export function formatRefusal({ i32, f64 }: R.RecordBuffer, at: number): string {
  const limit = LIMIT_NAMES[i32[at + E.DONE_LIMIT] as number] as string;
  const value = limit === '' ? '' : ` ${limit} ${f64[(at + E.DONE_LIMIT_VALUE) >> 1]}`;
  const code = E.codeName(i32[at + R.CODE] as number);
  return `${i32[at + E.DONE_COUNT]}: ${code} ${E.FIELDS[i32[at + E.DONE_FIELD] as number]}${value}`;
}
