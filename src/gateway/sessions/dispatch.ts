import type { ParsedRequest } from '../../protocol/requests.ts';
import type { GatewayContext } from './context.ts';
import { auth } from './operations/auth.ts';
import { cancelAfter, cancelOnDisconnect, logout } from './operations/connection.ts';
import { amend, batch, cancel, cancelAll, place, replace } from './operations/orders.ts';
import { account, order, quote } from './operations/queries.ts';
import { cancelQuotes, quoteGroup, quotes } from './operations/quotes.ts';
import { subscribe, unsubscribe } from './operations/subscriptions.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

/** Carries a valid request out. */
export function dispatch(context: GatewayContext, sessions: Sessions, session: Session, message: ParsedRequest): void {
  switch (message.op) {
    case 'place':
      return place(context, session, message);
    case 'cancel':
      return cancel(context, session, message);
    case 'amend':
      return amend(context, session, message);
    case 'cancelAll':
      return cancelAll(context, session, message);
    case 'batch':
      return batch(context, session, message);
    case 'replace':
      return replace(context, session, message);
    case 'quote':
      return quote(context, session, message);
    case 'account':
      return account(context, session, message);
    case 'order':
      return order(context, session, message);
    case 'subscribe':
      return subscribe(context, session, message);
    case 'unsubscribe':
      return unsubscribe(context, session, message);
    case 'auth':
      return auth(context, sessions, session, message);
    case 'ping':
      return session.succeed(message.id, `"time":${context.clock()}`);
    case 'quotes':
      return quotes(context, session, message);
    case 'cancelQuotes':
      return cancelQuotes(context, session, message);
    case 'quoteGroup':
      return quoteGroup(context, session, message);
    case 'cancelOnDisconnect':
      return cancelOnDisconnect(context, sessions, session, message);
    case 'cancelAfter':
      return cancelAfter(context, session, message);
    case 'logout':
      return logout(context, sessions, session, message);
    default:
      return unreachable(message);
  }
}

function unreachable(message: never): never {
  throw new Error(`no operation for ${JSON.stringify(message)}`);
}
