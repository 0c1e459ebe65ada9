import * as R from '../../engines/records/buffer.ts';
import * as C from '../../engines/records/commands.ts';
import * as E from '../../engines/records/events.ts';
import type { WireError } from '../../protocol/errors.ts';
import type { BatchItem, Fault } from '../../protocol/requests.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { MarketState } from '../market-data/marketState.ts';
import { encodeAmend, encodeCancel, encodePlace } from './encode.ts';
import { orderAnswer } from './orderAnswer.ts';
import type { Records } from './orderJson.ts';
import { engineRefusal, refusal } from './refusals.ts';

const KINDS = { place: C.COMMAND.PLACE, amend: C.COMMAND.AMEND, cancel: C.COMMAND.CANCEL } as const;

/** An item that goes to the engine: its place in the request, and what its answer needs. */
type Sent = { index: number; command: number; market: MarketState | undefined };

/**
 * Several requests on their way as one BATCH record. What cannot be sent (an unknown market, a faulty field) has its error
 * from the start and is left out of the record; the rest is told apart by its place in it.
 */
export class Batch {
  /** Where the record is; −1: there is nothing to send, {@link results} are complete. */
  readonly at: number;
  private readonly texts: string[];
  private readonly connection: number;
  private readonly stopOnFailure: boolean;
  private readonly sent: Sent[] = [];

  constructor(
    port: { readonly buffer: R.RecordBuffer },
    data: MarketData,
    account: number,
    items: readonly (BatchItem | Fault)[],
    stopOnFailure: boolean,
    connection = 0,
  ) {
    this.connection = connection;
    this.stopOnFailure = stopOnFailure;
    const { buffer } = port;
    const at = buffer.begin(C.COMMAND.BATCH, C.BATCH_ITEMS);
    let stopped = false;
    this.texts = items.map((item, index) => {
      if (stopped) return UNTRIED;
      const fault = 'op' in item ? this.encode(port, data, account, item, index) : invalid(item);
      if (fault === undefined) return '';
      stopped = stopOnFailure;
      return failed(fault);
    });
    if (this.sent.length === 0) {
      buffer.clear();
      this.at = -1;
      return;
    }
    const { i32 } = buffer;
    i32[at + R.LENGTH] = buffer.words - at;
    i32[at + R.ACCOUNT] = account;
    i32[at + R.MARKET] = MANY_MARKETS;
    i32[at + C.BATCH_MODE] = stopOnFailure ? C.BATCH_STOP_ON_FAILURE : C.BATCH_ALLOW_FAILURE;
    i32[at + C.BATCH_SIZE] = this.sent.length;
    this.at = at;
  }

  private encode(
    port: { readonly buffer: R.RecordBuffer },
    data: MarketData,
    account: number,
    item: BatchItem,
    index: number,
  ): WireError | undefined {
    const market = data.bySlug(item.market);
    const at = encodeItem(port, market, account, item, this.connection);
    if (typeof at !== 'number') return at;
    this.sent.push({ index, command: KINDS[item.op], market });
    return undefined;
  }

  /** The events of the batch that was sent, which are those from `from` to its DONE. */
  done(events: Records, from: number, doneAt: number): void {
    const { i32 } = events;
    let itemFrom = from;
    for (let at = from; at < doneAt; at += i32[at + R.LENGTH] as number) {
      if (i32[at + R.KIND] !== E.EVENT.DONE) continue;
      const sent = this.sent[i32[at + E.DONE_COUNT] as number];
      if (sent === undefined) throw new Error('the answer of an item that was not sent');
      const { index, command, market } = sent;
      const refused = i32[at + R.CODE] !== 0;
      // Also what was not sent for a fault of its own.
      if (refused && this.stopOnFailure) this.texts.fill(UNTRIED, index + 1);
      this.texts[index] = refused
        ? failed(engineRefusal(events, at))
        : `{"ok":true,${orderAnswer(events, itemFrom, at, command, market)}}`;
      itemFrom = at + (i32[at + R.LENGTH] as number);
    }
  }

  /** `"results":[…]`, one for each item in their order. */
  get results(): string {
    return `"results":[${this.texts.join(',')}]`;
  }
}

const MANY_MARKETS = -1;

const failed = (error: WireError): string => `{"ok":false,"error":${JSON.stringify(error)}}`;
const UNTRIED = failed(refusal('CONFLICT'));

const invalid = ({ field, problem }: Fault): WireError =>
  refusal('INVALID_REQUEST', field, field === undefined ? problem : `${field}: ${problem}`);

function encodeItem(
  port: { readonly buffer: R.RecordBuffer },
  market: MarketState | undefined,
  account: number,
  item: BatchItem,
  connection: number,
): number | WireError {
  switch (item.op) {
    case 'place':
      return encodePlace(port, market, account, item, connection);
    case 'amend':
      return encodeAmend(port, market, account, item);
    case 'cancel':
      return encodeCancel(port, market, account, item);
  }
}
