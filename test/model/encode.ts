import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import type { AmendCommand, CancelCommand, CreateCommand, ModelCommand, PlaceCommand } from './commands.ts';
import { cancelAfter, connection, group, quotes } from './encodeQuotes.ts';

/** An order id that no engine gives. */
const NO_SUCH_ORDER = 2 ** 50 + 1;
const ADMIN = 0;

/** Appends the record of a command and returns its first word; `engineIds` translates the model's order numbers. */
export function encode(
  buffer: R.RecordBuffer,
  command: ModelCommand,
  seq: number,
  time: number,
  engineIds: Map<number, number>,
): number {
  const at = body(buffer, command, engineIds);
  buffer.f64[(at + R.SEQ) >> 1] = seq;
  buffer.f64[(at + R.TIME) >> 1] = time;
  return at;
}

export function begin(
  buffer: R.RecordBuffer,
  kind: keyof typeof C.COMMAND,
  words: number,
  account: number,
  market: number,
) {
  const at = buffer.begin(C.COMMAND[kind], words);
  buffer.i32[at + R.ACCOUNT] = account;
  buffer.i32[at + R.MARKET] = market;
  return {
    at,
    int: (word: number, value: number): void => {
      buffer.i32[at + word] = value;
    },
    float: (word: number, value: number): void => {
      buffer.f64[(at + word) >> 1] = value;
    },
  };
}

function body(buffer: R.RecordBuffer, command: ModelCommand, engineIds: Map<number, number>): number {
  const { kind } = command;
  switch (kind) {
    case 'PLACE':
      return place(buffer, command);
    case 'AMEND':
    case 'CANCEL':
      return ref(buffer, command, engineIds);
    case 'CANCEL_ALL':
      return begin(buffer, kind, R.BODY, command.account, command.market).at;
    case 'BATCH': {
      const { at, int } = begin(buffer, kind, C.BATCH_ITEMS, command.account, -1);
      int(C.BATCH_MODE, command.stopOnFailure ? C.BATCH_STOP_ON_FAILURE : C.BATCH_ALLOW_FAILURE);
      int(C.BATCH_SIZE, command.items.length);
      for (const item of command.items) body(buffer, item, engineIds);
      buffer.i32[at] = buffer.words - at;
      return at;
    }
    case 'QUOTES':
      return quotes(buffer, command);
    case 'CANCEL_QUOTES':
    case 'QUOTE_GROUP':
      return group(buffer, command);
    case 'CONNECTION':
      return connection(buffer, command);
    case 'CANCEL_AFTER':
      return cancelAfter(buffer, command.account, command.ms);
    case 'CREATE_MARKET':
      return create(buffer, command);
    case 'CONFIGURE_MARKET': {
      const { at, int } = begin(buffer, kind, C.CONFIGURE_WORDS, ADMIN, command.market);
      int(C.RISK_COLLAR, command.collar ?? C.KEEP);
      int(C.RISK_ORDER_LOTS, command.orderLots ?? C.KEEP);
      int(C.RISK_POSITION_LOTS, command.positionLots ?? C.KEEP);
      int(C.CONFIGURE_BOOK, command.book === true ? 1 : C.KEEP);
      return at;
    }
    case 'EXPIRE_ORDERS':
      return begin(buffer, kind, C.BATCH_COUNT + 1, ADMIN, -1).at;
    case 'TOP_UP': {
      const { at, float } = begin(buffer, kind, C.TOP_UP_B + 2, ADMIN, command.market);
      float(C.TOP_UP_B, command.b);
      return at;
    }
    case 'SET_ACCOUNT_RISK': {
      const { at, int } = begin(buffer, kind, C.ACCOUNT_OPEN_ORDERS + 1, command.account, -1);
      int(C.ACCOUNT_BLOCKED, command.blocked ? 1 : 0);
      int(C.ACCOUNT_OPEN_ORDERS, command.openOrders);
      return at;
    }
    case 'HALT': {
      const { at, int } = begin(buffer, kind, C.HALT_AUCTION + 1, ADMIN, command.market);
      int(C.HALT_AUCTION, command.auction ? 1 : 0);
      return at;
    }
    case 'RESUME':
    case 'CLOSE':
      return begin(buffer, kind, C.HALT_AUCTION + 1, ADMIN, command.market).at;
    case 'SET_CLOSE_TIME': {
      const { at, float } = begin(buffer, kind, C.CLOSE_TIME + 2, ADMIN, command.market);
      float(C.CLOSE_TIME, command.closeTime);
      return at;
    }
    case 'SWEEP_ORDERS':
    case 'SETTLE_BATCH': {
      const { at, int } = begin(buffer, kind, C.BATCH_COUNT + 1, ADMIN, command.market);
      int(C.BATCH_COUNT, command.most);
      return at;
    }
    case 'RESOLVE': {
      const { at, int } = begin(buffer, kind, C.RESOLVE_PAYOUTS + command.payouts.length, ADMIN, command.market);
      int(C.RESOLVE_COUNT, command.payouts.length);
      for (const [outcome, ticks] of command.payouts.entries()) int(C.RESOLVE_PAYOUTS + outcome, ticks);
      return at;
    }
    case 'DISPUTE':
    case 'VOID': {
      const reason = 'called off';
      const { at } = begin(buffer, kind, R.BODY + C.textWords(reason), ADMIN, command.market);
      C.writeText(buffer, at + R.BODY, reason);
      return at;
    }
    case 'OPEN_ACCOUNT': {
      const { at, float } = begin(buffer, kind, C.AMOUNT + 2, command.account, -1);
      float(C.AMOUNT, command.grant);
      return at;
    }
    case 'DEPOSIT': {
      const words = C.AMOUNT + 2 + C.textWords(command.reference);
      const { at, float } = begin(buffer, kind, words, command.account, -1);
      float(C.AMOUNT, command.amount);
      C.writeText(buffer, at + C.AMOUNT + 2, command.reference);
      return at;
    }
  }
}

function place(buffer: R.RecordBuffer, command: PlaceCommand): number {
  const { at, int, float } = begin(buffer, 'PLACE', C.PLACE_WORDS, command.account, command.market);
  int(
    C.PLACE_TERMS,
    (command.side === 'buy' ? C.BUY : C.SELL) |
      ((command.type === 'limit' ? C.LIMIT : C.MARKET_ORDER) << 1) |
      (C.TIF[command.tif] << 2) |
      (command.postOnly === true ? C.POST_ONLY : 0) |
      (command.reduceOnly === true ? C.REDUCE_ONLY : 0) |
      (command.against === true ? C.AGAINST : 0) |
      (command.outcome << 8) |
      (C.STP[command.stp ?? 'expire-taker'] << 16) |
      ((command.connection ?? 0) << C.CONNECTION_SHIFT),
  );
  int(C.PLACE_PRICE, command.price);
  int(C.PLACE_SIZE, command.size);
  float(C.PLACE_MAX_COST, command.maxCost ?? 0);
  float(C.PLACE_DEADLINE, command.deadline ?? 0);
  float(C.PLACE_EXPIRES_AT, command.expiresAt ?? 0);
  if (command.clientId !== undefined)
    C.writeClientId(buffer, at + C.PLACE_CLIENT_ID_LENGTH, at + C.PLACE_CLIENT_ID, command.clientId);
  return at;
}

function ref(buffer: R.RecordBuffer, command: AmendCommand | CancelCommand, engineIds: Map<number, number>): number {
  const { at, int, float } = begin(buffer, command.kind, C.REF_WORDS, command.account, command.market);
  if (command.order !== undefined) float(C.REF_ORDER, engineIds.get(command.order) ?? NO_SUCH_ORDER);
  else C.writeClientId(buffer, at + C.REF_CLIENT_ID_LENGTH, at + C.REF_CLIENT_ID, command.clientId ?? '');
  if (command.kind === 'AMEND') {
    int(C.REF_PRICE, command.price ?? C.KEEP);
    int(C.REF_SIZE, command.size ?? C.KEEP);
  }
  return at;
}

function create(buffer: R.RecordBuffer, command: CreateCommand): number {
  const names = command.outcomes === 2 ? ['YES', 'NO'] : Array.from({ length: command.outcomes }, (_, i) => `o${i}`);
  const { slug, prior } = command;
  const definition = JSON.stringify({ title: slug, criteria: 'as stated', criteriaHash: 'ab', outcomes: names });
  const words = C.CREATE_TEXT + C.textWords(slug) + C.textWords(definition) + C.textWords(prior);
  const { at, int, float } = begin(buffer, 'CREATE_MARKET', words, ADMIN, -1);
  int(C.CREATE_TYPE, C.MARKET_TYPE[command.type]);
  int(C.CREATE_OUTCOMES, command.outcomes);
  int(C.CREATE_TICK_SIZE, command.tickSize);
  float(C.CREATE_CLOSE_TIME, command.closeTime);
  float(C.CREATE_LIQUIDITY, command.b);
  float(C.CREATE_DISPUTE_WINDOW, command.disputeWindow);
  float(C.CREATE_HYBRID_THRESHOLD, command.threshold);
  int(C.CREATE_TAKER_FEE, command.takerFee);
  int(C.CREATE_MAKER_FEE, command.makerFee);
  int(C.CREATE_FEE_BASE, C.FEE_BASE[command.feeBase]);
  int(C.CREATE_BAND_MIN, command.bandMin);
  int(C.CREATE_BAND_MAX, command.bandMax);
  int(C.CREATE_RISK, command.collar);
  int(C.CREATE_RISK + 1, command.orderLots);
  int(C.CREATE_RISK + 2, command.positionLots);
  C.writeText(buffer, C.writeText(buffer, C.writeText(buffer, at + C.CREATE_TEXT, slug), definition), prior);
  return at;
}
