import { CLIENT_ID_MEMORY_MS } from '../../src/engines/limits.ts';
import { cancelAllOf, deposit, expireOrders, openAccount, setAccountRisk } from './accounts.ts';
import { amend, cancelOne } from './amend.ts';
import { sweepThroughBooks } from './bookSweep.ts';
import type { ItemCommand, ModelCommand, QuotesCommand } from './commands.ts';
import { cancelAfter, connection } from './connections.ts';
import { configure, createMarket, step, topUp } from './lifecycle.ts';
import { place } from './place.ts';
import { beginQuotes, cancelQuotes, configureGroup, quoteSide, sidesOf } from './quotes.ts';
import { settleBatch } from './settlement.ts';
import {
  type ConnectionReport,
  type Done,
  emptyState,
  type GroupReport,
  type Market,
  refuse,
  type SelfTrade,
  type State,
  type Trade,
} from './state.ts';

/** Items of one batch, and how many client ids a command forgets at most. */
const BATCH_ITEMS_MOST = 50;
const FORGOTTEN_MOST = 4;

export type Result = {
  done: Done;
  items: Done[];
  trades: Trade[];
  selfTrades: SelfTrade[];
  groups: GroupReport[];
  connections: ConnectionReport[];
};

/**
 * The exchange as its rules say it, written to be read: every command works on a copy of the whole state, which takes the
 * state's place unless the command is refused.
 */
export class ReferenceExchange {
  state = emptyState();

  apply(command: ModelCommand, time: number): Result {
    const state = this.state;
    state.time = time;
    state.trades = [];
    state.selfTrades = [];
    state.groupReports = [];
    state.connectionReports = [];
    forgetClientIds(state);
    state.orders = state.orders.filter(
      (order) => order.resting || state.clientIds.some((remembered) => remembered.order === order.id),
    );
    const items: Done[] = [];
    const done =
      command.kind === 'BATCH'
        ? this.batch(command, items)
        : command.kind === 'QUOTES'
          ? this.quotes(command, items)
          : this.attempt((draft) => run(draft, command));
    const { trades, selfTrades, groupReports: groups, connectionReports: connections } = this.state;
    return { done, items, trades, selfTrades, groups, connections };
  }

  /** Tells which number the engine gave to an order. */
  learn(order: number, engineId: number): void {
    for (const each of this.state.orders) if (each.id === order) each.engineId = engineId;
  }

  private attempt(act: (draft: State) => Done): Done {
    const draft = structuredClone(this.state);
    const done = act(draft);
    if (done.refused === undefined) this.state = draft;
    return done;
  }

  private batch(command: Extract<ModelCommand, { kind: 'BATCH' }>, done: Done[]): Done {
    const { items, account } = command;
    if (items.length === 0 || items.length > BATCH_ITEMS_MOST || items.some((item) => item.account !== account))
      return refuse('INVALID_REQUEST', 'requests');
    let failed = false;
    for (const item of items) {
      const result: Done =
        failed && command.stopOnFailure ? refuse('CONFLICT') : this.attempt((draft) => run(draft, item));
      failed ||= result.refused !== undefined;
      done.push(result);
    }
    return { count: done.filter((each) => each.refused === undefined).length };
  }

  /** Side by side; one that is refused leaves what was. Only those are heard of one by one. */
  private quotes(command: QuotesCommand, refused: Done[]): Done {
    const begun = this.attempt((draft) => beginQuotes(draft, command));
    if (begun.refused !== undefined) return begun;
    for (const [index, item] of command.items.entries()) {
      const sides = sidesOf(this.state, command, item);
      if (!Array.isArray(sides)) {
        refused.push({ ...sides, part: 2 * index });
        continue;
      }
      for (const side of sides) {
        const done = this.attempt((draft) => quoteSide(draft, command, item, side));
        if (done.refused !== undefined) refused.push({ ...done, part: 2 * index + (side === 'buy' ? 0 : 1) });
      }
    }
    return { count: refused.length };
  }
}

function run(state: State, command: Exclude<ModelCommand, { kind: 'BATCH' | 'QUOTES' }>): Done {
  switch (command.kind) {
    case 'PLACE':
    case 'AMEND':
    case 'CANCEL':
      return trade(state, command);
    case 'CANCEL_ALL':
      return cancelAllOf(state, command.account, command.market);
    case 'CANCEL_QUOTES':
      return cancelQuotes(state, command);
    case 'QUOTE_GROUP':
      return configureGroup(state, command);
    case 'CONNECTION':
      return connection(state, command);
    case 'CANCEL_AFTER':
      return cancelAfter(state, command.account, command.ms);
    case 'EXPIRE_ORDERS':
      return expireOrders(state);
    case 'SET_ACCOUNT_RISK':
      return setAccountRisk(state, command.account, command.blocked, command.openOrders);
    case 'OPEN_ACCOUNT':
      return openAccount(state, command.account, command.grant);
    case 'DEPOSIT':
      return deposit(state, command.account, command.amount, command.reference);
    case 'CREATE_MARKET':
      return createMarket(state, command);
    default: {
      const market = state.markets[command.market];
      return market === undefined ? refuse('UNKNOWN_MARKET', 'market') : runMarket(state, market, command);
    }
  }
}

type MarketCommand = Extract<
  ModelCommand,
  { kind: 'CONFIGURE_MARKET' | 'TOP_UP' | 'SETTLE_BATCH' } | Parameters<typeof step>[2]
>;

function runMarket(state: State, market: Market, command: MarketCommand): Done {
  switch (command.kind) {
    case 'CONFIGURE_MARKET':
      return configure(market, command);
    case 'TOP_UP':
      return topUp(state, market, BigInt(command.b));
    case 'SETTLE_BATCH':
      return settleBatch(state, market, command.most);
    default:
      return step(state, market, command);
  }
}

function trade(state: State, command: ItemCommand): Done {
  const done =
    command.kind === 'PLACE'
      ? place(state, command)
      : command.kind === 'AMEND'
        ? amend(state, command)
        : cancelOne(state, command);
  const market = state.markets[command.market];
  if (done.refused !== undefined || market === undefined) return done;
  if (market.type === 'hybrid' && market.threshold > 0n && market.volume >= market.threshold) market.bookOn = true;
  sweepThroughBooks(state, market);
  return done;
}

/** Some of those whose orders ended long enough ago, the first ended first. */
function forgetClientIds(state: State): void {
  const old = state.clientIds
    .filter(({ endedAt }) => endedAt !== undefined && endedAt <= state.time - CLIENT_ID_MEMORY_MS)
    .sort((a, b) => a.ended - b.ended)
    .slice(0, FORGOTTEN_MOST);
  state.clientIds = state.clientIds.filter((each) => !old.includes(each));
}
