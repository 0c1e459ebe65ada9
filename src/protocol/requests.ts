import * as z from 'zod';
import {
  candleInterval,
  clientOrderId,
  marketId,
  money,
  orderId,
  orderType,
  outcomeName,
  price,
  quoteGroupName,
  selfTradePrevention,
  side,
  size,
  time,
  timeInForce,
} from './wire.ts';

/** The fields of an order, the same over WebSocket and HTTP. */
export const placeFields = {
  market: marketId,
  side,
  outcome: outcomeName.optional(),
  /** The order is for NO of the outcome; markets of more than two. */
  against: z.boolean().optional(),
  type: orderType.default('limit'),
  size,
  /** Of a market order: the worst it may trade at. */
  price: price.optional(),
  tif: timeInForce.optional(),
  expiresAt: time.optional(),
  postOnly: z.boolean().optional(),
  reduceOnly: z.boolean().optional(),
  stp: selfTradePrevention.optional(),
  clientOrderId: clientOrderId.optional(),
  deadline: time.optional(),
  maxCost: money.optional(),
};

/** Every request has an `id`, and may ask its answer for `timing` and for what is left of the connection’s `budget`. */
const asked = { id: z.int().min(0), timing: z.boolean().optional(), budget: z.boolean().optional() };
const orderRef = { orderId: orderId.optional(), clientOrderId: clientOrderId.optional() };

export const place = z.strictObject({ ...asked, op: z.literal('place'), ...placeFields });
const amendFields = { market: marketId, ...orderRef, price: price.optional(), size: size.optional() };
export const amend = z.strictObject({ ...asked, op: z.literal('amend'), ...amendFields });
const cancelFields = { market: marketId, ...orderRef };
export const cancel = z.strictObject({ ...asked, op: z.literal('cancel'), ...cancelFields });
export const cancelAll = z.strictObject({ ...asked, op: z.literal('cancelAll'), market: marketId.optional() });

/** Requests in one batch. */
export const BATCH_REQUESTS_MAX = 50;
/** One request of a batch: its operation and fields, without an id. */
export const batchItem = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('place'), ...placeFields }),
  z.strictObject({ op: z.literal('amend'), ...amendFields }),
  z.strictObject({ op: z.literal('cancel'), ...cancelFields }),
]);
export type BatchItem = z.infer<typeof batchItem>;
const batchFields = { ...asked, op: z.literal('batch'), stopOnFailure: z.boolean().optional() };
export const batch = z.strictObject({
  ...batchFields,
  requests: z.array(batchItem).min(1).max(BATCH_REQUESTS_MAX),
});
/** A batch whose items are still to be looked at, each for itself. */
const openBatch = z.strictObject({
  ...batchFields,
  requests: z.array(z.unknown()).min(1).max(BATCH_REQUESTS_MAX),
});
/** Cancels one order and places another in its market, as one command. */
export const replace = z.strictObject({
  ...asked,
  op: z.literal('replace'),
  cancel: z.strictObject(orderRef),
  place: z.strictObject(placeFields),
  /** What becomes of the new order where the old one cannot be canceled. */
  onFailure: z.enum(['stop', 'allow']).optional(),
});

/** Quotes in one `quotes` request. */
export const QUOTES_MAX = 100;
/** One side of a quote: null removes it, absent leaves it as it is. */
const quoteSide = z.strictObject({ price, size }).nullable().optional();
export const quoteEntry = z.strictObject({
  market: marketId,
  outcome: outcomeName.optional(),
  against: z.boolean().optional(),
  bid: quoteSide,
  ask: quoteSide,
});
export type QuoteEntry = z.infer<typeof quoteEntry>;
/** A mass quote: what the named group shows in each instrument from now on. Quotes never take. */
export const quotes = z.strictObject({
  ...asked,
  op: z.literal('quotes'),
  group: quoteGroupName,
  quotes: z.array(quoteEntry).min(1).max(QUOTES_MAX),
  deadline: time.optional(),
});
/** Removes quotes: of one group or all, in one market or all. */
export const cancelQuotes = z.strictObject({
  ...asked,
  op: z.literal('cancelQuotes'),
  group: quoteGroupName.optional(),
  market: marketId.optional(),
});
/** Market-maker protection: how much of a group may be filled in a window before its quotes are withdrawn. */
export const protection = z.strictObject({
  windowMs: z.int().min(1).max(86_400_000),
  /** How long the group is refused then; 0: until it is reset. */
  frozenMs: z.int().min(0).max(86_400_000),
  /** Shares filled, and net shares bought or sold, within the window. At least one. */
  maxSize: size.optional(),
  maxDelta: size.optional(),
});
/** Sets (null: lifts) a group’s protection, ends a freeze, or asks how it stands. */
export const quoteGroup = z.strictObject({
  ...asked,
  op: z.literal('quoteGroup'),
  group: quoteGroupName,
  protection: protection.nullable().optional(),
  reset: z.boolean().optional(),
});
export const cancelOnDisconnect = z.strictObject({
  ...asked,
  op: z.literal('cancelOnDisconnect'),
  enabled: z.boolean(),
  /** `account`: the default of the connections that log in from now on, too. */
  scope: z.enum(['connection', 'account']).optional(),
});
/** A dead-man’s switch: all the account’s orders are canceled unless it is set again in time. 0 lifts it. */
export const cancelAfter = z.strictObject({
  ...asked,
  op: z.literal('cancelAfter'),
  timeoutMs: z.int().min(0).max(86_400_000),
});
/** A graceful end: nothing is canceled. */
export const logout = z.strictObject({ ...asked, op: z.literal('logout') });

export const quoteFields = {
  market: marketId,
  outcome: outcomeName.optional(),
  side,
  size: size.optional(),
  spend: money.optional(),
};
export const quote = z.strictObject({ ...asked, op: z.literal('quote'), ...quoteFields });
export const account = z.strictObject({ ...asked, op: z.literal('account') });
export const order = z.strictObject({ ...asked, op: z.literal('order'), ...orderRef });
export const ping = z.strictObject({ ...asked, op: z.literal('ping') });
export const auth = z.strictObject({
  ...asked,
  op: z.literal('auth'),
  token: z.string().min(1).max(4096).optional(),
  apiKey: z
    .string()
    .regex(/^[A-Za-z0-9]{1,128}$/)
    .optional(),
  timestamp: time.optional(),
  signature: z.string().min(1).max(256).optional(),
});

export const PUBLIC_CHANNELS = ['book', 'book.l3', 'trades', 'ticker', 'candles', 'market'] as const;
export const PRIVATE_CHANNELS = ['orders', 'fills', 'account', 'quotes'] as const;
export const channelName = z.enum([...PUBLIC_CHANNELS, ...PRIVATE_CHANNELS]);

/** Channels one request may name, and one connection may hold. */
export const CHANNELS_PER_REQUEST_MAX = 200;

export const channelRequest = z.strictObject({
  ch: channelName,
  market: marketId.optional(),
  depth: z.int().min(1).max(10_000).optional(),
  conflateMs: z.int().min(0).max(10_000).optional(),
  since: z.int().min(0).optional(),
  /** `candles`; `1m` by default. */
  interval: candleInterval.optional(),
  /** `orders`: also how much stands before each of one’s orders. */
  queue: z.boolean().optional(),
});
export type ChannelRequest = z.infer<typeof channelRequest>;
const channels = z.array(channelRequest).min(1).max(CHANNELS_PER_REQUEST_MAX);
export const subscribe = z.strictObject({ ...asked, op: z.literal('subscribe'), channels });
export const unsubscribe = z.strictObject({ ...asked, op: z.literal('unsubscribe'), channels });

/** Every request of the WebSocket; `op` decides. */
export const request = z.discriminatedUnion('op', [
  place,
  amend,
  cancel,
  cancelAll,
  batch,
  replace,
  quotes,
  cancelQuotes,
  quoteGroup,
  cancelOnDisconnect,
  cancelAfter,
  quote,
  account,
  order,
  subscribe,
  unsubscribe,
  auth,
  logout,
  ping,
]);
export type Request = z.infer<typeof request>;

/** What is wrong with a message that is no request. */
export type Fault = { field: string | undefined; problem: string };

/** A batch as it is carried out: an item that is no request keeps its place. */
export type BatchRequest = Omit<z.infer<typeof batch>, 'requests'> & { requests: (BatchItem | Fault)[] };
export type ParsedRequest = Exclude<Request, { op: 'batch' }> | BatchRequest;

/** A message as a request, or what is wrong with it. */
export function parseRequest(message: unknown): ParsedRequest | Fault {
  if (typeof message === 'object' && message !== null && 'op' in message && message.op === 'batch') {
    return parseBatch(message);
  }
  const parsed = request.safeParse(message);
  if (!parsed.success) return faultOf(parsed.error);
  // The one operation that it is not, by the line above.
  return parsed.data as Exclude<Request, { op: 'batch' }>;
}

/** One faulty item does not spoil the others. */
function parseBatch(message: unknown): BatchRequest | Fault {
  const parsed = openBatch.safeParse(message);
  if (!parsed.success) return faultOf(parsed.error);
  const requests = parsed.data.requests.map((item) => {
    const { success, data, error } = batchItem.safeParse(item);
    return success ? data : faultOf(error);
  });
  return { ...parsed.data, requests };
}

/**
 * The first thing that is wrong: what, and the name of its field, dotted (`channels.0.ch`); undefined where the whole message is.
 */
export function faultOf(error: z.ZodError): Fault {
  const [first] = error.issues;
  if (first === undefined) return { field: undefined, problem: 'not valid' };
  const { issue, path } = closest(first);
  if (issue.code === 'unrecognized_keys') path.push(String(issue.keys[0]));
  return { field: path.length > 0 ? path.join('.') : undefined, problem: issue.message };
}

/** Of alternatives, what is wrong by the only one whose shape is right; where that is none, or several, what the schema says of all. */
function closest(issue: z.core.$ZodIssue): { issue: z.core.$ZodIssue; path: string[] } {
  const path = issue.path.map(String);
  if (issue.code !== 'invalid_union') return { issue, path };
  const [shaped, ...others] = issue.errors.filter((issues) => issues.every(({ path }) => path.length > 0));
  const [inner] = shaped ?? [];
  if (inner === undefined || others.length > 0) return { issue, path };
  const found = closest(inner);
  return { issue: found.issue, path: [...path, ...found.path] };
}
