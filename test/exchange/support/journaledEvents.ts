import { Engine } from '../../../src/engines/engine.ts';
import * as R from '../../../src/engines/records/buffer.ts';
import * as E from '../../../src/engines/records/events.ts';
import { readJournal } from '../../../src/persistence/journal/readJournal.ts';
import type { Sql } from '../../../src/persistence/postgres/connect.ts';
import type { Message } from './stream.ts';

/** What an account should have been told of its orders, its quotes and its fills, in this order. */
export type Journaled = Record<'orders' | 'quotes' | 'fills', { seq: number; text: string }[]>;

const STATUSES = ['open', 'filled', 'canceled'];

/** Every account’s events, by a replay of the whole journal that shares nothing with the exchange but the engine. */
export async function journaledEvents(sql: Sql): Promise<Map<number, Journaled>> {
  const engine = new Engine();
  const events = new R.RecordBuffer();
  const accounts = new Map<number, Journaled>();
  const of = (account: number): Journaled => {
    const known = accounts.get(account) ?? { orders: [], quotes: [], fills: [] };
    accounts.set(account, known);
    return known;
  };
  for await (const { payload } of readJournal(sql, 0, 0)) {
    const batch = new R.RecordBuffer(payload.length >> 2);
    batch.bytes.set(payload);
    R.eachRecord(batch.i32, 0, payload.length >> 2, (command) => {
      events.clear();
      engine.apply(batch.i32, batch.f64, command, events);
      collect(events, of);
    });
  }
  return accounts;
}

function collect({ i32, f64, words }: R.RecordBuffer, of: (account: number) => Journaled): void {
  const all: number[] = [];
  R.eachRecord(i32, 0, words, (at) => all.push(at));
  const done = all.pop() as number;
  // The answer to a request that is repeated tells nothing new.
  if (((i32[done + E.DONE_FLAGS] as number) & E.DUPLICATE) !== 0) return;
  const seq = f64[(done + R.SEQ) >> 1] as number;
  for (const at of all) {
    const float = (word: number) => f64[(at + word) >> 1] as number;
    const int = (word: number) => i32[at + word] as number;
    const status = STATUSES[int(E.ORDER_STATUS)];
    if (int(R.KIND) === E.EVENT.QUOTE_GROUP) {
      const text = `${E.GROUP_CAUSES[int(E.GROUP_CAUSE)]} ${float(E.GROUP_FILLED)}`;
      of(int(R.ACCOUNT)).quotes.push({ seq, text });
    } else if (int(R.KIND) === E.EVENT.ORDER && ((int(E.ORDER_TERMS) >> 20) & 63) !== 0) {
      const text = `${status} ${int(E.ORDER_SIZE) - int(E.ORDER_FILLED)}`;
      of(int(R.ACCOUNT)).quotes.push({ seq, text });
    } else if (int(R.KIND) === E.EVENT.ORDER) {
      const text = `${float(E.ORDER_ID)} ${int(E.ORDER_SIZE)} ${int(E.ORDER_FILLED)} ${status}`;
      of(int(R.ACCOUNT)).orders.push({ seq, text });
    } else if (int(R.KIND) === E.EVENT.SELF_TRADE) {
      const text = `self ${float(E.SELF_TRADE_TAKER_ORDER)} ${float(E.SELF_TRADE_MAKER_ORDER)} ${int(E.SELF_TRADE_LOTS)}`;
      of(int(R.ACCOUNT)).orders.push({ seq, text });
    } else if (int(R.KIND) === E.EVENT.TRADE) {
      const text = (order: number) => `${float(E.TRADE_ID)} ${order} ${int(E.TRADE_LOTS)}`;
      of(int(R.ACCOUNT)).fills.push({ seq, text: `${text(float(E.TRADE_TAKER_ORDER))} taker` });
      of(int(E.TRADE_MAKER)).fills.push({ seq, text: `${text(float(E.TRADE_MAKER_ORDER))} maker` });
    }
  }
}

const lots = (size: unknown): number => Math.round(Number(size) * 100);

/** A message of `orders`, `quotes` or `fills` in the words of {@link journaledEvents}. */
export function described(message: Message): string {
  if (message.ch === 'fills') {
    return `${message.tradeId} ${message.orderId} ${lots(message.size)} ${message.liquidity}`;
  }
  if (message.type === 'protection') {
    return `${message.cause} ${lots((message.group as Record<string, unknown>).filled)}`;
  }
  if (message.ch === 'quotes') {
    const { status, size } = message.quote as Record<string, unknown>;
    return `${status} ${lots(size)}`;
  }
  if (message.type === 'self-trade') {
    const { orderId, restingOrderId, size } = message.selfTrade as Record<string, unknown>;
    return `self ${orderId} ${restingOrderId} ${lots(size)}`;
  }
  const { orderId, size, filled, status } = message.order as Record<string, unknown>;
  return `${orderId} ${lots(size)} ${lots(filled)} ${status}`;
}
