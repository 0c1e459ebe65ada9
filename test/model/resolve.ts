import type { CreateCommand, ItemCommand, ModelCommand, PlaceCommand } from './commands.ts';
import type { Intent, PlaceIntent, RefIntent } from './intents.ts';
import { type Features, recreate } from './markets.ts';
import { resolveQuotes } from './resolveQuotes.ts';
import type { Market, Order, State } from './state.ts';

export type Situation = {
  state: State;
  time: number;
  features: Features;
  /** Orders placed with a client id. */
  named: PlaceCommand[];
  created: CreateCommand[];
};

/** The command that an intent leads to as things stand; undefined when it leads to none, or to one not known yet. */
export function resolve(intent: Intent, now: Situation): ModelCommand | undefined {
  const { state, features } = now;
  const market = 'market' in intent ? marketOf(intent.market, state) : 0;
  switch (intent.do) {
    case 'place':
      return place(intent, now);
    case 'amend':
    case 'cancel':
      return ref(intent, now);
    case 'batch': {
      if (!features.batches) return undefined;
      const { account, stopOnFailure } = intent;
      const items = intent.items.flatMap((item) => {
        const own = item.do === 'place' ? place({ ...item, account }, now) : ref(item, now, account);
        return own === undefined ? [] : [own];
      });
      return { kind: 'BATCH', account: intent.foreign === 0 ? (account % 4) + 1 : account, stopOnFailure, items };
    }
    case 'quotes':
    case 'cancelQuotes':
    case 'protect':
    case 'connection':
    case 'cancelAfter':
      return features.quotes ? resolveQuotes(intent, state, market) : undefined;
    case 'cancelAll':
      return { kind: 'CANCEL_ALL', account: intent.account, market: intent.everywhere ? -1 : market };
    case 'repeat': {
      const before = now.named[intent.pick % Math.max(1, now.named.length)];
      if (before === undefined) return undefined;
      return intent.changed === 0 ? { ...before, size: before.size + 1 } : before;
    }
    case 'expire':
      return features.gtd ? { kind: 'EXPIRE_ORDERS' } : undefined;
    case 'configure':
      return features.risk ? configure(intent, market) : undefined;
    case 'topUp': {
      const b = Number(state.markets[market]?.amm?.b ?? 50n);
      return features.topUps ? { kind: 'TOP_UP', market, b: b + intent.more } : undefined;
    }
    case 'risk': {
      const { blocked, openOrders } = intent;
      const stuck = state.accounts.find((each) => each.blocked)?.number;
      if (!features.risk) return undefined;
      if (stuck !== undefined && blocked > 0)
        return { kind: 'SET_ACCOUNT_RISK', account: stuck, blocked: false, openOrders };
      return { kind: 'SET_ACCOUNT_RISK', account: intent.account, blocked: blocked === 0, openOrders };
    }
    case 'halt':
      return { kind: 'HALT', market, auction: features.auctions && intent.auction };
    case 'resume':
      return { kind: 'RESUME', market: state.markets.find(({ status }) => status === 'halted')?.index ?? market };
    case 'close':
      return { kind: 'CLOSE', market };
    case 'dispute':
      return { kind: 'DISPUTE', market };
    case 'void':
      return { kind: 'VOID', market };
    case 'closeTime':
      return { kind: 'SET_CLOSE_TIME', market, closeTime: intent.in === 0 ? now.time : now.time + intent.in * 400 };
    case 'sweep':
      return { kind: 'SWEEP_ORDERS', market, most: intent.most };
    case 'settle':
      return { kind: 'SETTLE_BATCH', market, most: intent.most };
    case 'resolve':
      return { kind: 'RESOLVE', market, payouts: payoutsOf(state.markets[market], intent.outcome, intent.split) };
    case 'open':
      return { kind: 'OPEN_ACCOUNT', account: intent.account, grant: 100_000 };
    case 'deposit': {
      const { account, amount } = intent;
      return { kind: 'DEPOSIT', account, amount, reference: `r${intent.reference}` };
    }
    case 'create': {
      const like = now.created[0];
      return like === undefined ? undefined : recreate(like, intent.change);
    }
    case 'wait':
    case 'checkpoint':
      return undefined;
  }
}

/** Rarely one that does not exist. */
const marketOf = (pick: number, state: State): number =>
  pick === 59 ? state.markets.length : pick % Math.max(1, state.markets.length);

export function payoutsOf(market: Market | undefined, outcome: number, split: boolean): number[] {
  const payouts = Array.from({ length: market?.outcomes ?? 2 }, () => 0);
  const n = payouts.length;
  payouts[outcome % n] = split ? 4_000 : 10_000;
  if (split) payouts[(outcome + 1) % n] = 6_000;
  return payouts;
}

/** One of 19 prices from low to high: up to $1, or with many outcomes up to what makes their sum come near it. */
const onTick = (step: number, tick: number, outcomes: number): number =>
  Math.min(10_000 - tick, Math.max(tick, Math.round((step * 1_000) / outcomes / tick) * tick));

function place(intent: PlaceIntent, { state, time, features }: Situation): PlaceCommand | undefined {
  const index = marketOf(intent.market, state);
  const market = state.markets[index];
  const wild = intent.wild === 0;
  const n = market?.outcomes ?? 2;
  const tick = Number(market?.tickSize ?? 1_000);
  const shared = market !== undefined && n === 2 && market.type !== 'lmsr';
  let { type, tif, side, outcome, size } = intent;
  const holder = market?.holders.find((each) => each.account === intent.account);
  const owned = holder?.shares.findIndex((lots) => lots > 0n) ?? -1;
  const reduces = features.reduceOnly && intent.reduceOnly === 0 && (owned >= 0 || wild);
  if (reduces && owned >= 0 && !wild) {
    outcome = shared && side === 'buy' ? 1 - owned : owned;
    if (!shared) side = 'sell';
    if (intent.late > 8) size = Math.min(size, Number(holder?.shares[owned]));
  }
  if (tif === 'GTD' && !features.gtd) tif = 'GTC';
  if (market !== undefined && !market.bookOn && !wild && tif !== 'FOK') tif = 'IOC';
  if (market?.auction === true && !wild && tif !== 'GTD') [type, tif] = ['limit', 'GTC'];
  if (type === 'market' && !wild && tif !== 'FOK') tif = 'IOC';
  const rests = tif === 'GTC' || tif === 'GTD';
  const worst = type === 'market' && !(features.risk && intent.worst === 0);
  const against = features.sets && intent.against === 0 && ((n > 2 && !shared) || wild);
  const odd = [-1, 0, 10_000, intent.price * 500 + 50][intent.price % 4] as number;
  const command: PlaceCommand = {
    ...{ kind: 'PLACE', account: wild && intent.late < 5 ? 5 : intent.account, market: index },
    ...{ outcome: wild ? outcome : outcome % n, side, type, tif, size },
    price: worst
      ? 0
      : wild && intent.named > 5
        ? odd
        : onTick(against ? 20 - (intent.price * 2) / n : intent.price, tick, against ? 2 : n),
  };
  if (features.selfTradePrevention) command.stp = intent.stp;
  if (intent.postOnly === 0 && (rests || wild)) command.postOnly = true;
  if (reduces && (market?.auction !== true || wild)) command.reduceOnly = true;
  if (against) command.against = true;
  if (intent.cap === 0 && ((side === 'buy' && !rests) || wild)) command.maxCost = intent.maxCost;
  if (intent.late === 0) command.deadline = time - 1;
  if (intent.late === 1) command.deadline = time;
  if (tif === 'GTD' || (wild && features.gtd && intent.lasts > 20))
    command.expiresAt = time + (wild ? intent.lasts : Math.max(1, intent.lasts));
  if (features.quotes && intent.connection < 4) command.connection = intent.connection;
  if (intent.named === 0) command.clientId = `c${intent.size % 6}`;
  return command;
}

const resting = (state: State, account?: number): Order[] =>
  state.orders.filter((order) => order.resting && (account === undefined || order.account === account));

/** About an open order, now and then about one of somebody else or none. */
function ref(intent: RefIntent, { state }: Situation, account?: number): ItemCommand | undefined {
  const open = resting(state, account);
  const order = open[intent.pick % Math.max(1, open.length)];
  if (order === undefined) return undefined;
  const owner = account ?? (intent.pick === 40 ? (order.account % 4) + 1 : order.account);
  const name = intent.named && order.clientId !== undefined ? { clientId: order.clientId } : { order: order.id };
  const target = { account: owner, market: order.market, ...(intent.pick === 39 ? { order: 1_000_000 } : name) };
  if (intent.do === 'cancel') return { kind: 'CANCEL', ...target };
  const { tickSize, outcomes: n } = state.markets[order.market] as Market;
  const tick = Number(tickSize);
  const against = order.mirrored && n > 2;
  const step = against ? 20 - (intent.price * 2) / n : intent.price;
  const price = intent.what === 0 ? intent.price * 50 : onTick(step, tick, against ? 2 : n);
  return {
    ...{ kind: 'AMEND', ...target },
    ...(intent.what % 3 === 0 ? {} : { price }),
    ...(intent.what % 3 === 1 ? {} : { size: intent.size }),
  };
}

function configure(intent: Extract<Intent, { do: 'configure' }>, market: number): ModelCommand {
  const { what } = intent;
  return {
    ...{ kind: 'CONFIGURE_MARKET', market },
    ...((what & 1) === 0 ? {} : { collar: intent.collar }),
    ...((what & 2) === 0 ? {} : { orderLots: intent.orderLots }),
    ...((what & 4) === 0 ? {} : { positionLots: intent.positionLots }),
    ...((what & 8) === 0 ? {} : { book: true }),
  };
}
