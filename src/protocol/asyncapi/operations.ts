import type { Request } from '../requests.ts';

/** What the published description says of an operation, beside its schemas. */
export type OperationText = {
  summary: string;
  description?: string;
  /** Refused without a login. */
  login: boolean;
  /** What its fields mean; those of every request are in {@link EVERY_REQUEST}. */
  fields?: Readonly<Record<string, string>>;
};

export const EVERY_REQUEST: Readonly<Record<string, string>> = {
  id: 'Chosen by the client; the answer repeats it.',
  timing: 'Asks the answer for stage times in microseconds.',
  budget: 'Asks the answer for the tokens that are left of the connection’s budgets.',
  op: 'The operation.',
};

const ORDER_REF = {
  orderId: 'Of the order; or else its clientOrderId.',
  clientOrderId: 'Of the order; or else its orderId.',
};
const OUTCOME = 'YES by default where the market has YES and NO alone, else required.';
const AGAINST = 'For NO of the outcome, in its terms; markets of more than two outcomes.';

export const OPERATIONS: Readonly<Record<Request['op'], OperationText>> = {
  place: {
    summary: 'Places an order.',
    description:
      'ok: true means sequenced, applied and durably committed. A request with a clientOrderId that the account has used in the last 24 hours answers the order as it is now, with duplicate: true, and changes nothing.',
    login: true,
    fields: {
      outcome: OUTCOME,
      against: AGAINST,
      price: 'Required for limit orders; of a market order the worst price that it may trade at.',
      tif: 'GTC rests, GTD rests until expiresAt, IOC trades what it can at once, FOK all at once or nothing. GTC by default where the market has a book, IOC for market orders and where it has a maker alone.',
      expiresAt: 'GTD alone, and required there.',
      postOnly: 'Refused rather than trade at once; GTC and GTD alone.',
      reduceOnly: 'Only sells shares that the account holds; shrinks with them.',
      stp: 'What happens when it meets an order of the same account; expire-taker by default.',
      clientOrderId: 'Makes the request safe to repeat.',
      deadline: 'Refused where it is sequenced later.',
      maxCost: 'Buys spend at most this much, fees included; IOC and FOK alone.',
    },
  },
  amend: {
    summary: 'Changes the price or the size of an open order.',
    description:
      'A smaller size at the same price keeps the place in the queue; anything else goes to the back, and may trade. A size of at most what is filled cancels the rest.',
    login: true,
    fields: { ...ORDER_REF, price: 'The new one; or size, or both.', size: 'The new total, what is filled included.' },
  },
  cancel: { summary: 'Cancels an open order.', login: true, fields: ORDER_REF },
  cancelAll: {
    summary: 'Cancels all open orders, of one market or of all.',
    description: 'At most 10,000 in one request: repeat it while that is the answer.',
    login: true,
    fields: { market: 'That one alone.' },
  },
  batch: {
    summary: 'Up to 50 of place, amend and cancel, carried out one after the other as one command.',
    description: 'No transaction: what was done before a failure stays. Nothing of others comes between.',
    login: true,
    fields: { requests: 'With op, without id.', stopOnFailure: 'What follows a refused one is CONFLICT, untried.' },
  },
  replace: {
    summary: 'Cancels an order and places another one in its market, as one command.',
    login: true,
    fields: {
      cancel: 'The order to cancel.',
      place: 'The new order.',
      onFailure: 'Whether the new order is placed where the old one cannot be canceled: stop by default, or allow.',
    },
  },
  quotes: {
    summary: 'A mass quote: what a group shows in up to 100 instruments from now on.',
    description:
      'One bid and one ask for each group, market and outcome, without order ids. Quotes never take. A side that is smaller at the same price keeps its place in the queue. A refused side stays as it was.',
    login: true,
    fields: {
      group: 'The account’s name for quotes that belong together; the first use makes it.',
      quotes: 'A side that is absent stays; null removes it.',
      deadline: 'Refused as a whole where it is sequenced later.',
    },
  },
  cancelQuotes: {
    summary: 'Removes quotes: of one group or of all, in one market or in all.',
    login: true,
    fields: { group: 'That one alone.', market: 'That one alone.' },
  },
  quoteGroup: {
    summary: 'Sets or lifts a group’s protection, ends its freeze, or asks how it stands.',
    description:
      'When the fills of a group’s quotes within windowMs reach maxSize or maxDelta, its quotes are withdrawn in the same step as the fill that reached it, and the group is refused for frozenMs.',
    login: true,
    fields: {
      protection: 'null lifts it; absent leaves it.',
      reset: 'Ends a freeze and begins a new window.',
    },
  },
  cancelOnDisconnect: {
    summary: 'Whether orders placed over this connection are canceled when it ends without logout.',
    login: true,
    fields: { scope: 'account: also the default of the connections that log in from now on. connection by default.' },
  },
  cancelAfter: {
    summary: 'A dead-man’s switch: cancels all of the account’s orders unless it is set again in time.',
    login: true,
    fields: { timeoutMs: '0 lifts it.' },
  },
  quote: {
    summary: 'What an order would cost, or bring, now.',
    login: false,
    fields: { outcome: OUTCOME, size: 'Shares; or spend.', spend: 'Buys: what may be spent; or size.' },
  },
  account: {
    summary: 'Balance, positions and open orders, as of one seq.',
    description:
      'Each order has that seq, too: it says as of when the order is told, not which command changed it last.',
    login: true,
  },
  order: {
    summary: 'One order, open or finished.',
    description: 'A finished one comes from history, with its first 1,000 fills.',
    login: true,
    fields: ORDER_REF,
  },
  subscribe: {
    summary: 'Subscribes to channels: to all that are named or, on an error, to none.',
    description:
      'subscribed in the answer lists every channel that the connection now holds. Each begins with a snapshot, or after since with what happened from there on and then caught-up.',
    login: false,
  },
  unsubscribe: { summary: 'Ends subscriptions.', login: false },
  auth: {
    summary: 'Logs the connection in, or extends its login.',
    description:
      'By a token, or by apiKey, timestamp and signature: the hex HMAC-SHA-256 of the timestamp’s decimal text, keyed by the 32 bytes of SHA-256 of the key’s secret. Requests that follow are held until it is decided.',
    login: false,
    fields: {
      token: 'A JWT access token.',
      apiKey: 'The id of an API key.',
      timestamp: 'At most 30 s off.',
      signature: 'Of the timestamp.',
    },
  },
  logout: {
    summary: 'A graceful end: nothing is canceled, the connection is closed after the answer.',
    login: true,
  },
  ping: { summary: 'The server’s clock.', login: false },
};
