import type { Engine } from '../../src/engines/engine.ts';
import type { QuotesJson } from '../../src/engines/queries/quotes.ts';
import * as R from '../../src/engines/records/buffer.ts';
import * as C from '../../src/engines/records/commands.ts';
import * as E from '../../src/engines/records/events.ts';
import { positionKey } from './observer.ts';
import { heldCash, heldShares, openOrdersOf } from './positions.ts';
import { groupView, inKeyOrder, quotesOf } from './protection.ts';
import { remaining, type State } from './state.ts';
import type { Ids } from './views.ts';

/** What the engine answers when it is asked, beside what it reports: accounts with their orders, and the money of markets. */
type AccountAnswer = {
  balance: number;
  held: number;
  positions: { market: number; outcome: number; shares: number; held: number }[];
  orders: { orderId: number; size: number; filled: number }[];
};

function ask(
  engine: Engine,
  kind: 'QUERY_ACCOUNT' | 'QUERY_SETTLEMENT' | 'QUERY_QUOTES',
  account: number,
  market: number,
): unknown {
  const query = new R.RecordBuffer(512);
  const events = new R.RecordBuffer();
  const at = query.begin(C.COMMAND[kind], C.RESOLVE_PAYOUTS + 70);
  query.i32[at + R.ACCOUNT] = account;
  query.i32[at + R.MARKET] = market;
  engine.query(query.i32, query.f64, at, events);
  if (events.i32[R.KIND] !== E.EVENT.ANSWER) throw new Error(`${kind} was refused`);
  return JSON.parse(C.readText(events.i32, E.ANSWER_TEXT));
}

export function answers(engine: Engine, state: State): unknown {
  const accounts = state.accounts
    .filter(({ number }) => number !== 0)
    .map(({ number }) => {
      const answer = ask(engine, 'QUERY_ACCOUNT', number, -1) as AccountAnswer;
      const positions = answer.positions.map((each) => [
        positionKey({ ...each, account: number }),
        each.shares,
        each.held,
      ]);
      const orders = answer.orders.map(({ orderId, size, filled }) => [orderId, size - filled]);
      const { quotes, groups } = ask(engine, 'QUERY_QUOTES', number, -1) as QuotesJson;
      const shown = quotes.map((quote) => [
        quote.group,
        quote.market,
        quote.terms >>> 26,
        quote.price,
        quote.remaining,
      ]);
      const told = groups.map((group) => [group.name, group.frozenUntil, group.filled, group.delta]);
      return [number, answer.balance, answer.held, byText(positions), byText(orders), shown, told];
    });
  const markets = state.markets.map(({ index }) => {
    const { escrow, amm } = ask(engine, 'QUERY_SETTLEMENT', 0, index) as { escrow: number; amm: number };
    return [index, escrow, amm];
  });
  return { accounts, markets };
}

/** The same from the model. */
export function answersOfModel(state: State, ids: Ids): unknown {
  const accounts = state.accounts
    .filter(({ number }) => number !== 0)
    .map(({ number, balance }) => {
      const positions = state.markets.flatMap((market) => {
        const shares = market.holders.find((holder) => holder.account === number)?.shares ?? [];
        return [...shares.entries()]
          .filter(([, lots]) => lots > 0n)
          .map(([outcome, lots]) => [
            positionKey({ market: market.index, account: number, outcome }),
            Number(lots),
            Number(heldShares(state, market, number, outcome)),
          ]);
      });
      const orders = openOrdersOf(state, number)
        .filter(({ group }) => group === 0)
        .map((order) => [ids.get(order.id), Number(remaining(order))]);
      const groups = state.groups.filter(({ account }) => account === number);
      const quotes = groups.flatMap((group) => inKeyOrder(quotesOf(state, group)));
      const shown = quotes.map((quote) => [
        ...[quote.group, quote.market, quote.connection, Number(quote.price), Number(remaining(quote))],
      ]);
      const told = groups
        .map((group) => groupView(state, group))
        .map(({ name, frozenUntil, filled, delta }) => [
          name,
          frozenUntil === Infinity ? -1 : frozenUntil,
          filled,
          delta,
        ]);
      const held = Number(heldCash(state, number));
      return [number, Number(balance), held, byText(positions), byText(orders), shown, told];
    });
  const markets = state.markets.map(({ index, escrow, amm }) => [index, Number(escrow), Number(amm?.cash ?? 0n)]);
  return { accounts, markets };
}

const byText = (rows: unknown[][]): unknown[][] => rows.sort((a, b) => (String(a) < String(b) ? -1 : 1));
