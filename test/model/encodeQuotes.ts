import type * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import type { ConnectionCommand, GroupCommand, ModelCommand, QuoteSide, QuotesCommand } from './commands.ts';
import { begin } from './encode.ts';

const ALL_MARKETS = -1;
type CancelQuotes = Extract<ModelCommand, { kind: 'CANCEL_QUOTES' }>;

const name = (buffer: R.RecordBuffer, at: number, group: string): void =>
  C.writeClientId(buffer, at + C.GROUP_NAME_LENGTH, at + C.GROUP_NAME, group);

export function quotes(buffer: R.RecordBuffer, command: QuotesCommand): number {
  const words = C.QUOTES_ITEMS + C.QUOTE_WORDS * command.items.length;
  const { at, int, float } = begin(buffer, 'QUOTES', words, command.account, ALL_MARKETS);
  int(C.QUOTES_CONNECTION, command.connection);
  int(C.QUOTES_COUNT, command.items.length);
  float(C.QUOTES_DEADLINE, command.deadline);
  name(buffer, at, command.group);
  for (const [index, { market, outcome, against, bid, ask }] of command.items.entries()) {
    const item = C.QUOTES_ITEMS + C.QUOTE_WORDS * index;
    const side = (price: number, size: number, quoted: QuoteSide): void => {
      int(item + price, quoted?.[0] ?? 0);
      int(item + size, quoted?.[1] ?? C.KEEP);
    };
    int(item + C.QUOTE_MARKET, market);
    int(item + C.QUOTE_TERMS, (outcome << 8) | (against ? C.AGAINST : 0));
    side(C.QUOTE_BID_PRICE, C.QUOTE_BID_SIZE, bid);
    side(C.QUOTE_ASK_PRICE, C.QUOTE_ASK_SIZE, ask);
  }
  return at;
}

export function group(buffer: R.RecordBuffer, command: GroupCommand | CancelQuotes): number {
  if (command.kind === 'CANCEL_QUOTES') {
    const { at } = begin(buffer, command.kind, C.CANCEL_QUOTES_WORDS, command.account, command.market);
    name(buffer, at, command.group);
    return at;
  }
  const { protection } = command;
  const { at, int, float } = begin(buffer, command.kind, C.QUOTE_GROUP_WORDS, command.account, ALL_MARKETS);
  name(buffer, at, command.group);
  float(C.PROTECTION_WINDOW, protection === undefined ? C.KEEP : (protection?.window ?? 0));
  float(C.PROTECTION_FROZEN, protection?.frozen ?? 0);
  int(C.PROTECTION_SIZE, protection?.size ?? 0);
  int(C.PROTECTION_DELTA, protection?.delta ?? 0);
  int(C.PROTECTION_RESET, command.reset ? 1 : 0);
  return at;
}

export function connection(buffer: R.RecordBuffer, command: ConnectionCommand): number {
  const { at, int } = begin(buffer, 'CONNECTION', C.CONNECTION_WORDS, command.account, ALL_MARKETS);
  int(C.CONNECTION_ACTION, C.CONNECTION_ACTIONS[command.action]);
  int(C.CONNECTION_NUMBER, command.number);
  return at;
}

export function cancelAfter(buffer: R.RecordBuffer, account: number, ms: number): number {
  const { at, float } = begin(buffer, 'CANCEL_AFTER', C.CANCEL_AFTER_WORDS, account, ALL_MARKETS);
  float(C.CANCEL_AFTER_MS, ms);
  return at;
}
