import { LIMIT_NAMES } from '../../src/engines/limits.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { CANCEL_REASONS } from '../../src/protocol/answers.ts';
import type { ConnectionReport, GroupReport } from './state.ts';

/** One event as a plain object, in the words of the model. Each kind has what the comparison needs. */
export type Seen =
  | ({ is: 'done' } & SeenDone)
  | ({ is: 'order' } & SeenOrder)
  | ({ is: 'trade' } & SeenTrade)
  | {
      is: 'selfTrade';
      account: number;
      market: number;
      outcome: number;
      price: number;
      lots: number;
      mode: string;
      takerOrder: number;
      makerOrder: number;
    }
  | { is: 'level'; market: number; outcome: number; side: string; price: number; lots: number }
  | { is: 'balance'; account: number; balance: number; held: number }
  | { is: 'position'; account: number; market: number; outcome: number; shares: number; held: number }
  | {
      is: 'market';
      market: number;
      status: string;
      book: boolean;
      auction: boolean;
      risk: number[];
      closeTime: number;
      openOrders: number;
      holders: number;
    }
  | { is: 'amm'; market: number; b: number; q: number[] }
  | { is: 'settlement'; market: number; cursor: number; holders: number }
  | ({ is: 'group' } & GroupReport)
  | ({ is: 'connection' } & ConnectionReport);

export type SeenDone = {
  code: string | undefined;
  field: string;
  order: number;
  duplicate: boolean;
  keptPriority: boolean;
  item: boolean;
  count: number;
  limit: string;
  value: number;
};
export type SeenOrder = {
  id: number;
  account: number;
  market: number;
  outcome: number;
  side: string;
  type: string;
  tif: string;
  stp: string;
  postOnly: boolean;
  reduceOnly: boolean;
  mirrored: boolean;
  price: number;
  size: number;
  filled: number;
  status: string;
  reason: string | undefined;
  filledMicros: number;
  fees: number;
  createdAt: number;
  expiresAt: number;
  group: number;
};
export type SeenTrade = {
  market: number;
  outcome: number;
  side: string;
  lots: number;
  price: number;
  micros: number;
  taker: number;
  maker: number;
  venue: string;
  takerOrder: number;
  makerOrder: number;
  takerFee: number;
  makerFee: number;
  flags: number;
};

const SIDES = ['buy', 'sell'];
const STATUSES = ['open', 'filled', 'canceled'] as const;
const TIFS = Object.keys(C.TIF);
const MODES = Object.keys(C.STP);

export function decode(events: R.RecordBuffer): Seen[] {
  const seen: Seen[] = [];
  R.eachRecord(events.i32, 0, events.words, (at) => seen.push(one(events, at)));
  return seen;
}

function one(events: R.RecordBuffer, at: number): Seen {
  const int = (word: number): number => events.i32[at + word] as number;
  const float = (word: number): number => events.f64[(at + word) >> 1] as number;
  const account = int(R.ACCOUNT);
  const market = int(R.MARKET);
  const side = (word: number): string => SIDES[int(word)] as string;
  switch (int(R.KIND)) {
    case E.EVENT.DONE: {
      const flags = int(E.DONE_FLAGS);
      const code = int(R.CODE);
      return {
        is: 'done',
        code: code === 0 ? undefined : E.codeName(code),
        field: E.FIELDS[int(E.DONE_FIELD)] as string,
        order: float(E.DONE_ORDER),
        duplicate: (flags & E.DUPLICATE) !== 0,
        keptPriority: (flags & E.KEPT_PRIORITY) !== 0,
        item: (flags & E.ITEM) !== 0,
        count: int(E.DONE_COUNT),
        limit: LIMIT_NAMES[int(E.DONE_LIMIT)] as string,
        value: float(E.DONE_LIMIT_VALUE),
      };
    }
    case E.EVENT.ORDER: {
      const terms = int(E.ORDER_TERMS);
      const reason = int(E.ORDER_REASON);
      const status = STATUSES[int(E.ORDER_STATUS)] as string;
      return {
        ...{ is: 'order', id: float(E.ORDER_ID), account, market, outcome: C.outcomeOfTerms(terms) },
        ...{ side: SIDES[terms & 1] as string, type: (terms & 2) === 0 ? 'limit' : 'market' },
        ...{ tif: TIFS[(terms >> 2) & 7] as string, stp: MODES[C.stpOfTerms(terms)] as string },
        ...{ postOnly: (terms & C.POST_ONLY) !== 0, reduceOnly: (terms & C.REDUCE_ONLY) !== 0 },
        ...{ mirrored: (terms & C.MIRRORED) !== 0, price: int(E.ORDER_PRICE), size: int(E.ORDER_SIZE) },
        ...{ filled: int(E.ORDER_FILLED), status, reason: status === 'canceled' ? CANCEL_REASONS[reason] : undefined },
        ...{ filledMicros: float(E.ORDER_FILLED_MICROS), fees: float(E.ORDER_FEES) },
        ...{ createdAt: float(E.ORDER_CREATED_AT), expiresAt: float(E.ORDER_EXPIRES_AT) },
        group: C.groupOfTerms(terms),
      };
    }
    case E.EVENT.TRADE:
      return {
        ...{ is: 'trade', market, outcome: int(E.TRADE_OUTCOME), side: side(E.TRADE_SIDE), lots: int(E.TRADE_LOTS) },
        ...{ price: int(E.TRADE_PRICE), micros: float(E.TRADE_MICROS), taker: account, maker: int(E.TRADE_MAKER) },
        ...{ venue: int(E.TRADE_VENUE) === E.AMM_VENUE ? 'amm' : 'book', takerOrder: float(E.TRADE_TAKER_ORDER) },
        ...{ makerOrder: float(E.TRADE_MAKER_ORDER), takerFee: float(E.TRADE_TAKER_FEE) },
        ...{ makerFee: float(E.TRADE_MAKER_FEE), flags: int(E.TRADE_FLAGS) },
      };
    case E.EVENT.SELF_TRADE:
      return {
        ...{ is: 'selfTrade', account, market, outcome: int(E.SELF_TRADE_OUTCOME), price: int(E.SELF_TRADE_PRICE) },
        ...{ lots: int(E.SELF_TRADE_LOTS), mode: MODES[int(E.SELF_TRADE_MODE)] as string },
        ...{ takerOrder: float(E.SELF_TRADE_TAKER_ORDER), makerOrder: float(E.SELF_TRADE_MAKER_ORDER) },
      };
    case E.EVENT.LEVEL:
      return {
        ...{ is: 'level', market, outcome: int(E.LEVEL_OUTCOME), side: side(E.LEVEL_SIDE) },
        ...{ price: int(E.LEVEL_PRICE), lots: float(E.LEVEL_LOTS) },
      };
    case E.EVENT.BALANCE:
      return { is: 'balance', account, balance: float(E.BALANCE_BALANCE), held: float(E.BALANCE_HELD) };
    case E.EVENT.POSITION:
      return {
        ...{ is: 'position', account, market, outcome: int(E.POSITION_OUTCOME) },
        ...{ shares: float(E.POSITION_SHARES), held: float(E.POSITION_HELD) },
      };
    case E.EVENT.MARKET:
      return {
        ...{ is: 'market', market, status: E.MARKET_STATUSES[int(E.MARKET_STATUS)] as string },
        ...{ book: int(E.MARKET_BOOK) === 1, auction: int(E.MARKET_AUCTION) === 1 },
        risk: [int(E.MARKET_COLLAR), int(E.MARKET_ORDER_LOTS), int(E.MARKET_POSITION_LOTS)],
        ...{
          closeTime: float(E.MARKET_CLOSE_TIME),
          openOrders: int(E.MARKET_OPEN_ORDERS),
          holders: int(E.MARKET_HOLDERS),
        },
      };
    case E.EVENT.AMM: {
      const q = Array.from({ length: int(E.AMM_OUTCOMES) }, (_, i) => float(E.AMM_PER_OUTCOME + 2 * i));
      return { is: 'amm', market, b: float(E.AMM_B), q };
    }
    case E.EVENT.SETTLEMENT:
      return { is: 'settlement', market, cursor: int(E.SETTLEMENT_CURSOR), holders: int(E.SETTLEMENT_HOLDERS) };
    case E.EVENT.QUOTE_GROUP: {
      const limits = [float(E.GROUP_WINDOW), float(E.GROUP_FROZEN), int(E.GROUP_SIZE_LIMIT), int(E.GROUP_DELTA_LIMIT)];
      return {
        ...{ is: 'group', account, number: int(E.GROUP_NUMBER), limits },
        name: C.readClientId(events.i32, at + E.GROUP_EVENT_NAME, int(E.GROUP_EVENT_NAME_LENGTH)),
        cause: E.GROUP_CAUSES[int(E.GROUP_CAUSE)] as GroupReport['cause'],
        ...{ frozenUntil: float(E.GROUP_FROZEN_UNTIL), filled: float(E.GROUP_FILLED), delta: float(E.GROUP_DELTA) },
      };
    }
    case E.EVENT.CONNECTION:
      return {
        ...{ is: 'connection', account, armsAtLogin: int(E.CONNECTION_DEFAULT) === 1 },
        ...{ armed: int(E.CONNECTION_ARMED), cancelAt: float(E.CONNECTION_CANCEL_AT) },
      };
    default:
      throw new Error(`an event of kind ${int(R.KIND)}`);
  }
}
