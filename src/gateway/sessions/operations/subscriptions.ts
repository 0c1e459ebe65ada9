import type { WireError } from '../../../protocol/errors.ts';
import { type ChannelRequest, PRIVATE_CHANNELS, type Request } from '../../../protocol/requests.ts';
import type { MarketState } from '../../market-data/marketState.ts';
import { refusal } from '../../orders/refusals.ts';
import { subscriptionKey } from '../../streams/subscription.ts';
import type { GatewayContext } from '../context.ts';
import { RETRY_AFTER_MS } from '../limits.ts';
import type { Session } from '../session.ts';

type Of<Op extends Request['op']> = Extract<Request, { op: Op }>;

const PRIVATE: ReadonlySet<string> = new Set(PRIVATE_CHANNELS);
const isPrivate = ({ ch }: ChannelRequest): boolean => PRIVATE.has(ch);

/** All channels of the request or none. The answer is queued before the first message of any of them. */
export function subscribe(context: GatewayContext, session: Session, { id, channels }: Of<'subscribe'>): void {
  const refused =
    invalid(session, channels) ??
    forbidden(session, channels) ??
    unknown(context, channels) ??
    notOffered(context, channels) ??
    tooMany(context, session, channels);
  if (refused !== undefined) return session.fail(id, refused);
  const { streams, data } = context;
  const own = channels.filter(isPrivate);
  const account = session.identity?.account ?? 0;
  const begun = own.length === 0 ? [] : streams.subscribePrivate(session, account, own);
  if (begun === undefined) {
    return session.fail(id, { ...refusal('OVERLOADED'), retryAfterMs: RETRY_AFTER_MS });
  }
  for (const request of channels) {
    session.subscriptions.get(subscriptionKey(request))?.end();
    const subscription = isPrivate(request)
      ? begun[own.indexOf(request)]
      : streams.subscribePublic(session, request, data.bySlug(request.market ?? '') as MarketState);
    if (subscription !== undefined) session.subscriptions.set(subscriptionKey(request), subscription);
  }
  session.succeed(id, subscribed(session));
}

/** Channels that are not subscribed are passed over. Nothing of the others comes after the answer. */
export function unsubscribe(_context: GatewayContext, session: Session, { id, channels }: Of<'unsubscribe'>): void {
  // What is queued was sent before: it goes out before the answer.
  session.flush();
  for (const request of channels) {
    const key = subscriptionKey(request);
    session.subscriptions.get(key)?.end();
    session.subscriptions.delete(key);
  }
  session.succeed(id, subscribed(session));
}

/** Every channel that the connection now holds. */
const subscribed = (session: Session): string =>
  `"subscribed":${JSON.stringify(Array.from(session.subscriptions.values(), ({ granted }) => granted))}`;

function invalid(session: Session, channels: readonly ChannelRequest[]): WireError | undefined {
  const keys = new Set<string>();
  for (const [i, request] of channels.entries()) {
    const { ch, market, depth, conflateMs, interval, queue } = request;
    const no = (field: string, message: string) => refusal('INVALID_REQUEST', `channels.${i}.${field}`, message);
    if (!isPrivate(request) && market === undefined) return no('market', `${ch} needs a market`);
    if (ch === 'account' && market !== undefined) return no('market', 'account is about all markets');
    if (depth !== undefined && ch !== 'book') return no('depth', 'depth goes with book only');
    if (conflateMs !== undefined && ch !== 'book' && ch !== 'ticker') {
      return no('conflateMs', 'conflateMs goes with book and ticker only');
    }
    if (interval !== undefined && ch !== 'candles') return no('interval', 'interval goes with candles only');
    if (queue !== undefined && ch !== 'orders') return no('queue', 'queue goes with orders only');
    const key = subscriptionKey(request);
    if (keys.has(key)) return no('ch', 'the channel is named twice');
    keys.add(key);
  }
  return mixed(session, channels, keys);
}

/** A private channel is held either for all markets or for some: else one could not tell its messages apart. */
function mixed(
  session: Session,
  channels: readonly ChannelRequest[],
  keys: ReadonlySet<string>,
): WireError | undefined {
  for (const [i, request] of channels.entries()) {
    if (!isPrivate(request)) continue;
    const held = [...session.subscriptions.keys(), ...keys].filter((key) => key.split(' ')[0] === request.ch);
    const clash = request.market === undefined ? held.some((key) => key !== request.ch) : held.includes(request.ch);
    if (clash) {
      const message = `${request.ch} is held for all markets or for some, not both: unsubscribe first`;
      return refusal('INVALID_REQUEST', `channels.${i}.market`, message);
    }
  }
  return undefined;
}

function forbidden(session: Session, channels: readonly ChannelRequest[]): WireError | undefined {
  if (session.identity !== undefined) return undefined;
  const i = channels.findIndex(isPrivate);
  return i < 0 ? undefined : refusal('UNAUTHENTICATED', `channels.${i}.ch`);
}

function unknown({ data }: GatewayContext, channels: readonly ChannelRequest[]): WireError | undefined {
  const i = channels.findIndex(({ market }) => market !== undefined && data.bySlug(market) === undefined);
  return i < 0 ? undefined : refusal('UNKNOWN_MARKET', `channels.${i}.market`);
}

function notOffered({ streams }: GatewayContext, channels: readonly ChannelRequest[]): WireError | undefined {
  const i = streams.offersCandles ? -1 : channels.findIndex(({ ch }) => ch === 'candles');
  return i < 0 ? undefined : refusal('UNAVAILABLE', `channels.${i}.ch`);
}

function tooMany(
  { limits }: GatewayContext,
  session: Session,
  channels: readonly ChannelRequest[],
): WireError | undefined {
  const keys = new Set([...session.subscriptions.keys(), ...channels.map(subscriptionKey)]);
  const { subscriptionsPerConnection: value } = limits;
  if (keys.size <= value) return undefined;
  const limit = { name: 'subscriptionsPerConnection', value };
  return { ...refusal('LIMIT_EXCEEDED', 'channels'), limit };
}
