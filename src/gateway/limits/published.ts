import { LIMITS as ENGINE } from '../../engines/limits.ts';
import type { Limits, Rate } from '../../limits.ts';
import { RESUMES_MAX, RESUMES_PER_ACCOUNT_MAX } from '../../persistence/resume/limits.ts';
import { API_KEYS_PER_ACCOUNT_MAX } from '../../persistence/users/apiKeys.ts';
import { HEARTBEAT_MS } from '../../protocol/heartbeat.ts';
import { API_KEY_ADDRESSES_MAX, PAGE_LIMIT_MAX } from '../../protocol/http.ts';
import { BATCH_REQUESTS_MAX, CHANNELS_PER_REQUEST_MAX, QUOTES_MAX } from '../../protocol/requests.ts';
import { formatMoney, formatSize } from '../../protocol/units.ts';
import { TIMESTAMP_TOLERANCE_MS } from '../auth/authenticator.ts';
import { CANCELS_OUTSTANDING_MORE, COMMANDS_OUTSTANDING_MAX } from '../engine-port/ringPort.ts';
import { BODY_BYTES_MAX } from '../http/readBody.ts';
import {
  BUFFER_MAX,
  CANCELS_IN_FLIGHT_MORE,
  FRAME_BYTES_MAX,
  FRAMES_HELD_MAX,
  IDLE_AFTER_MS,
  PAYLOAD_BYTES_MAX,
  POLL_BYTES_MAX,
  PUBLIC_BUFFER_MAX,
} from '../sessions/limits.ts';
import { BOOK_ORDERS_MAX, QUEUE_MARKETS_MAX, QUEUE_ORDERS_MAX, RESUME_COMMANDS_MAX } from '../streams/limits.ts';

/** Every limit under the name by which an error and docs/PROTOCOL.md know it; sizes and money as they are on the wire. */
export function publishedLimits(limits: Limits): Record<string, number | string | Rate> {
  const { orderLots, balance, ...engine } = ENGINE;
  return {
    ...limits,
    ...engine,
    orderSize: formatSize(orderLots),
    balance: formatMoney(balance),
    cancelsInFlight: limits.requestsInFlight + CANCELS_IN_FLIGHT_MORE,
    commandsOutstanding: COMMANDS_OUTSTANDING_MAX,
    cancelsOutstanding: COMMANDS_OUTSTANDING_MAX + CANCELS_OUTSTANDING_MORE,
    requestsHeld: FRAMES_HELD_MAX,
    frameBytes: FRAME_BYTES_MAX,
    payloadBytes: PAYLOAD_BYTES_MAX,
    pollBytes: POLL_BYTES_MAX,
    batchRequests: BATCH_REQUESTS_MAX,
    quotesPerRequest: QUOTES_MAX,
    channelsPerRequest: CHANNELS_PER_REQUEST_MAX,
    publicBufferBytes: PUBLIC_BUFFER_MAX,
    bufferBytes: BUFFER_MAX,
    idleMs: IDLE_AFTER_MS,
    heartbeatMs: HEARTBEAT_MS,
    resumeCommands: RESUME_COMMANDS_MAX,
    journalResumes: RESUMES_MAX,
    journalResumesPerAccount: RESUMES_PER_ACCOUNT_MAX,
    bookOrders: BOOK_ORDERS_MAX,
    queueOrders: QUEUE_ORDERS_MAX,
    queueMarkets: QUEUE_MARKETS_MAX,
    timestampMs: TIMESTAMP_TOLERANCE_MS,
    bodyBytes: BODY_BYTES_MAX,
    pageLimit: PAGE_LIMIT_MAX,
    apiKeysPerAccount: API_KEYS_PER_ACCOUNT_MAX,
    apiKeyAddresses: API_KEY_ADDRESSES_MAX,
  };
}
