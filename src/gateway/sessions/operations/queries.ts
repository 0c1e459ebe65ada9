import type { QuoteJson } from '../../../engines/queries/priceQuery.ts';
import type { AccountJson, OrderJson } from '../../../engines/queries.ts';
import * as R from '../../../engines/records/buffer.ts';
import { readText } from '../../../engines/records/commands.ts';
import { ANSWER_TEXT } from '../../../engines/records/events.ts';
import type { AccountView } from '../../../protocol/answers.ts';
import type { WireError } from '../../../protocol/errors.ts';
import type { Request } from '../../../protocol/requests.ts';
import { formatAveragePrice, formatMillionths, formatMoney, formatSize } from '../../../protocol/units.ts';
import type { MarketData } from '../../market-data/marketData.ts';
import type { MarketState } from '../../market-data/marketState.ts';
import { encodeAccountQuery, encodeOrderQuery, encodeQuote, orderNumber, refFault } from '../../orders/encode.ts';
import { engineRefusal } from '../../orders/refusals.ts';
import { type OrderValues, orderView, positionView } from '../../orders/rows.ts';
import { mayBegin, send } from '../commands.ts';
import type { GatewayContext } from '../context.ts';
import { HISTORY_WAIT_MS } from '../limits.ts';
import type { Session } from '../session.ts';

type Of<Op extends Request['op']> = Extract<Request, { op: Op }>;

/** Fills of a finished order that one answer carries, the oldest first; the rest is on GET /fills. */
const FILLS_MAX = 1_000;

/** What the engine said: its JSON, or a refusal; `seq` is where it stood. */
type Said = { json?: unknown; error?: WireError; seq: number };

/** Asks the engine; questions are rare enough for a closure each. */
function ask(context: GatewayContext, session: Session, id: number, at: number, answered: (said: Said) => void): void {
  send(context, session, id, at, {
    done(events, from, doneAt) {
      session.inFlight--;
      if (session.closed) return;
      const seq = events.f64[(doneAt + R.SEQ) >> 1] as number;
      if (events.i32[doneAt + R.CODE] !== 0) answered({ error: engineRefusal(events, doneAt), seq });
      else answered({ json: JSON.parse(readText(events.i32, from + ANSWER_TEXT)), seq });
    },
  });
}

export function quote(context: GatewayContext, session: Session, request: Of<'quote'>): void {
  const { id } = request;
  if (!mayBegin(context, session, id)) return;
  const market = context.data.bySlug(request.market);
  const at = encodeQuote(context.port, market, request);
  if (typeof at !== 'number') return session.fail(id, at);
  ask(context, session, id, at, ({ json, error }) => {
    if (error !== undefined) session.fail(id, error);
    else session.succeed(id, quoteFields(json as QuoteJson));
  });
}

/** The fields of a quote’s answer: what `lots` would cost or bring now, in all and by venue. */
export function quoteFields({ lots, cost, fees, priceAfterMillionths, fills }: QuoteJson): string {
  let text = `"size":"${formatSize(lots)}","cost":"${formatMoney(cost)}","fees":"${formatMoney(fees)}"`;
  if (lots > 0) text += `,"avgPrice":"${formatAveragePrice(cost, lots)}"`;
  if (priceAfterMillionths >= 0) text += `,"priceAfter":"${formatMillionths(priceAfterMillionths)}"`;
  const venues = fills.map(
    (part) =>
      `{"venue":"${part.venue === 1 ? 'amm' : 'book'}","size":"${formatSize(part.lots)}","cost":"${formatMoney(part.cost)}"}`,
  );
  return `${text},"venues":[${venues.join(',')}]`;
}

export function account(context: GatewayContext, session: Session, { id }: Of<'account'>): void {
  const { identity } = session;
  if (identity === undefined) return session.refuse(id, 'UNAUTHENTICATED');
  if (!mayBegin(context, session, id)) return;
  ask(context, session, id, encodeAccountQuery(context.port, identity.account), ({ json, error }) => {
    if (error !== undefined) session.fail(id, error);
    else session.succeed(id, JSON.stringify(accountView(context.data, json as AccountJson)).slice(1, -1));
  });
}

/** The account as clients see it. */
export function accountView(data: MarketData, { seq, balance, held, positions, orders }: AccountJson): AccountView {
  return {
    balance: formatMoney(balance),
    available: formatMoney(balance - held),
    held: formatMoney(held),
    positions: positions.map((row) => positionView(row, data.markets[row.market] as MarketState)),
    orders: orders.map((row) => orderView(row, data.markets[row.market] as MarketState)),
    seq,
  };
}

/** An open order comes from the engine; a finished one from history, which has its fills too. */
export function order(context: GatewayContext, session: Session, request: Of<'order'>): void {
  const { identity } = session;
  const { id } = request;
  const fault = refFault(request);
  if (fault !== undefined) return session.fail(id, fault);
  if (identity === undefined) return session.refuse(id, 'UNAUTHENTICATED');
  if (!mayBegin(context, session, id)) return;
  const at = encodeOrderQuery(context.port, identity.account, request);
  if (typeof at !== 'number') return session.fail(id, at);
  ask(context, session, id, at, ({ json, error, seq }) => {
    const found = error === undefined ? (json as { order: OrderJson }).order : undefined;
    if (found?.status === 0) session.succeed(id, orderField(context, found));
    else if (error !== undefined && error.code !== 'UNKNOWN_ORDER') session.fail(id, error);
    else {
      session.inFlight++;
      fromHistory(context, identity.account, request, seq, found)
        .then((fields) => {
          const field = request.orderId === undefined ? 'clientOrderId' : 'orderId';
          if (fields === undefined)
            session.refuse(id, 'UNKNOWN_ORDER', field, 'there is no such order of this account');
          else session.succeed(id, fields);
        })
        .catch((failed: unknown) => {
          context.onError(failed);
          if (found !== undefined) session.succeed(id, orderField(context, found));
          else session.refuse(id, 'UNAVAILABLE', '', 'history cannot be read at the moment');
        })
        .finally(() => {
          session.inFlight--;
        });
    }
  });
}

/** What history tells of an account’s order, once it has reached `seq`; else what the engine remembered. */
async function fromHistory(
  context: GatewayContext,
  account: number,
  { orderId, clientOrderId }: Of<'order'>,
  seq: number,
  remembered: OrderJson | undefined,
): Promise<string | undefined> {
  const { reads, follower } = context;
  await follower.waitFor(seq, HISTORY_WAIT_MS);
  const row = await reads.order({
    account,
    ...(orderId !== undefined && { orderId: orderNumber(orderId) }),
    ...(clientOrderId !== undefined && { clientOrderId }),
  });
  // Behind, history may know the order as it was before its end.
  if (row === null || (remembered !== undefined && row.orderId !== remembered.orderId)) {
    return remembered === undefined ? undefined : orderField(context, remembered);
  }
  const market = context.data.markets[row.market] as MarketState;
  const fills = await reads.orderFills({ account, orderId: row.orderId, limit: FILLS_MAX });
  return `"order":${JSON.stringify(orderView(row, market, fills))}`;
}

const orderField = (context: GatewayContext, row: OrderValues): string =>
  `"order":${JSON.stringify(orderView(row, context.data.markets[row.market] as MarketState))}`;
