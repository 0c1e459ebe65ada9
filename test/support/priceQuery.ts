import type { Engine } from '../../src/engines/engine.ts';
import type { QuoteJson } from '../../src/engines/queries/priceQuery.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import { ANSWER_TEXT, EVENT } from '../../src/engines/records/events.ts';

/** `size` in lots, or for a purchase `spend` in micros. */
export type PriceQuestion = { market?: number; outcome?: number; side: 'buy' | 'sell'; size?: number; spend?: number };

/** What a market order would trade with, as the engine answers a price query. */
export function priceOf(engine: Engine, question: PriceQuestion): QuoteJson {
  const { market = 0, outcome = 0, side, size = 0, spend = 0 } = question;
  const command = new R.RecordBuffer();
  const events = new R.RecordBuffer();
  const at = command.begin(C.COMMAND.QUERY_QUOTE, C.QUOTE_SPEND + 2);
  command.i32[at + R.MARKET] = market;
  command.i32[at + C.QUOTE_SIDE] = side === 'buy' ? C.BUY : C.SELL;
  command.i32[at + C.QUOTE_OUTCOME] = outcome;
  command.i32[at + C.QUOTE_SIZE] = size;
  command.f64[(at + C.QUOTE_SPEND) >> 1] = spend;
  engine.query(command.i32, command.f64, at, events);
  if (events.i32[R.KIND] !== EVENT.ANSWER) throw new Error('the price query was refused');
  return JSON.parse(C.readText(events.i32, ANSWER_TEXT)) as QuoteJson;
}
