import type { OrderJson } from '../../engines/queries.ts';
import { DUPLICATE, KEPT_PRIORITY } from '../../engines/records/events.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { EnginePort, Reply } from '../engine-port/enginePort.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import {
  encodeAmend,
  encodeCancel,
  encodeCancelAll,
  encodeOrderQuery,
  encodePlace,
  type PlaceFields,
} from '../orders/encode.ts';
import { findOrderRecord, orderJson } from '../orders/orderJson.ts';
import { refusal } from '../orders/refusals.ts';
import { engineRefusal } from './engineRefusal.ts';
import { Refusal } from './refusal.ts';

/** Orders for those who must use HTTP: the WebSocket’s records and views, one awaited command each. */
export class Trading {
  private readonly port: EnginePort;
  private readonly markets: MarketData;

  constructor(deps: { port: EnginePort; markets: MarketData }) {
    this.port = deps.port;
    this.markets = deps.markets;
  }

  /** `{"order":…}` with the fills of this command; `duplicate` where the clientOrderId was known. */
  async place(account: number, fields: PlaceFields): Promise<{ text: string; duplicate: boolean } | Refusal> {
    const market = this.markets.bySlug(fields.market);
    const reply = await this.send(encodePlace(this.port, market, account, fields));
    if (reply instanceof Refusal) return reply;
    const duplicate = (reply.flags & DUPLICATE) !== 0;
    const order = orderText(reply, market as MarketState, !duplicate);
    return { text: `{"order":${order}${duplicate ? ',"duplicate":true' : ''}}`, duplicate };
  }

  /** `{"order":…,"keptPriority":…}` */
  async amend(
    account: number,
    orderId: string,
    to: { price?: string | undefined; size?: string | undefined },
  ): Promise<string | Refusal> {
    const market = await this.marketOf(account, orderId);
    if (market instanceof Refusal) return market;
    const reply = await this.send(encodeAmend(this.port, market, account, { orderId, ...to }));
    if (reply instanceof Refusal) return reply;
    const kept = (reply.flags & KEPT_PRIORITY) !== 0;
    return `{"order":${orderText(reply, market, true)},"keptPriority":${kept}}`;
  }

  /** `{"order":…}` */
  async cancel(account: number, orderId: string): Promise<string | Refusal> {
    const market = await this.marketOf(account, orderId, true);
    if (market instanceof Refusal) return market;
    const reply = await this.send(encodeCancel(this.port, market, account, { orderId }));
    return reply instanceof Refusal ? reply : `{"order":${orderText(reply, market, false)}}`;
  }

  /** How many were canceled, in one market or in all. */
  async cancelAll(account: number, slug: string | undefined): Promise<number | Refusal> {
    const market = slug === undefined ? undefined : this.markets.bySlug(slug);
    if (slug !== undefined && market === undefined) return Refusal.of(refusal('UNKNOWN_MARKET', 'market'));
    const reply = await this.send(encodeCancelAll(this.port, market, account));
    return reply instanceof Refusal ? reply : reply.count;
  }

  /** HTTP names an order by its id alone; the engine wants its market too. `removing`: in order to cancel it. */
  private async marketOf(account: number, orderId: string, removing = false): Promise<MarketState | Refusal> {
    const reply = await this.send(encodeOrderQuery(this.port, account, { orderId }), removing);
    if (reply instanceof Refusal) return reply;
    const { order } = reply.json as { order: OrderJson }; // what QUERY_ORDER answers
    return this.markets.markets[order.market] as MarketState;
  }

  private async send(at: number | WireError, removing = false): Promise<Reply | Refusal> {
    if (typeof at !== 'number') return Refusal.of(at);
    const reply = await this.port.request(at, removing);
    return engineRefusal(reply) ?? reply;
  }
}

function orderText({ events, from, doneAt }: Reply, market: MarketState, withFills: boolean): string {
  const at = findOrderRecord(events, from, doneAt);
  if (at < 0) throw new Error('an accepted command about an order has no ORDER event');
  return orderJson(events, at, market, withFills, from, doneAt);
}
