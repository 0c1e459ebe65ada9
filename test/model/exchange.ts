import { CLIENT_ID_MEMORY_MS } from '../../src/engines/limits.ts';
import { cancelAllOf, deposit, expireOrders, openAccount, setAccountRisk } from './accounts.ts';
import { amend, cancelOne } from './amend.ts';
import { sweepThroughBooks } from './bookSweep.ts';
import type { ItemCommand, ModelCommand } from './commands.ts';
import { configure, createMarket, step, topUp } from './lifecycle.ts';
import { place } from './place.ts';
import { settleBatch } from './settlement.ts';
import { type Done, emptyState, type Market, refuse, type SelfTrade, type State, type Trade } from './state.ts';

/** Items of one batch, and how many client ids a command forgets at most. */
const BATCH_ITEMS_MOST = 50;
const FORGOTTEN_MOST = 4;

export type Result = { done: Done; items: Done[]; trades: Trade[]; selfTrades: SelfTrade[] };

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
    forgetClientIds(state);
    state.orders = state.orders.filter(
      (order) => order.resting || state.clientIds.some((remembered) => remembered.order === order.id),
    );
    const items: Done[] = [];
    const done = command.kind === 'BATCH' ? this.batch(command, items) : this.attempt(command);
    return { done, items, trades: this.state.trades, selfTrades: this.state.selfTrades };
  }

  /** Tells which number the engine gave to an order. */
  learn(order: number, engineId: number): void {
    for (const each of this.state.orders) if (each.id === order) each.engineId = engineId;
  }

  private attempt(command: Exclude<ModelCommand, { kind: 'BATCH' }>): Done {
    const draft = structuredClone(this.state);
    const done = run(draft, command);
    if (done.refused === undefined) this.state = draft;
    return done;
  }

  private batch(command: Extract<ModelCommand, { kind: 'BATCH' }>, done: Done[]): Done {
    const { items, account } = command;
    if (items.length > BATCH_ITEMS_MOST || items.some((item) => item.account !== account))
      return refuse('INVALID_REQUEST', 'requests');
    let failed = false;
    for (const item of items) {
      const result: Done = failed && command.stopOnFailure ? refuse('CONFLICT') : this.attempt(item);
      failed ||= result.refused !== undefined;
      done.push(result);
    }
    return { count: done.filter((each) => each.refused === undefined).length };
  }
}

function run(state: State, command: Exclude<ModelCommand, { kind: 'BATCH' }>): Done {
  switch (command.kind) {
    case 'PLACE':
    case 'AMEND':
    case 'CANCEL':
      return trade(state, command);
    case 'CANCEL_ALL':
      return cancelAllOf(state, command.account, command.market);
    case 'EXPIRE_ORDERS':
      return expireOrders(state, command.most);
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
