import type { Limits } from '../../limits.ts';
import type { FollowerProgress, Reads } from '../../persistence/read-model/reads.ts';
import type { AuthChanges } from '../auth/authChanges.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import type { EnginePort } from '../engine-port/enginePort.ts';
import type { Latency } from '../latency/latency.ts';
import type { MarketData } from '../market-data/marketData.ts';
import type { Streams } from '../streams/streams.ts';

/** What a gateway is made of; the server and its sessions share it. */
export type GatewayDeps = {
  port: EnginePort;
  /** Starts from the engine’s image; {@link GatewayContext.streams} keeps it current. */
  data: MarketData;
  authenticator: Pick<Authenticator, 'verifyAccessToken' | 'verifyApiKey'>;
  authChanges: Pick<AuthChanges, 'on'>;
  reads: Pick<Reads, 'order' | 'orderFills'>;
  follower: Pick<FollowerProgress, 'waitFor'>;
  /** ms since 1970 UTC */
  clock: () => number;
  /** False (BRIER_RATE_LIMITS=off): no budgets, no limit on faults or on sockets per address. */
  rateLimits: boolean;
  limits: Limits;
  latency: Latency;
  /** Failures of our own, for the log. */
  onError: (error: unknown) => void;
};

/** What the operations of a session may use. */
export type GatewayContext = GatewayDeps & {
  streams: Streams;
  /** The server is shutting down: nothing new is begun. */
  draining: boolean;
};
