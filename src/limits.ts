/** Tokens flow in at `perSecond` up to `burst`; a request takes as many as its operation costs. */
export type Rate = { readonly perSecond: number; readonly burst: number };

/**
 * How much an outsider may ask of the gateway, as it is where an operator says nothing else (BRIER_LIMITS). What the engine
 * limits is in its own table: every replica must decide it alike.
 */
export const DEFAULT_LIMITS = {
  /** Requests by their cost; past it RATE_LIMITED. A refused request takes nothing from any bucket. */
  requestsPerConnection: { perSecond: 2_000, burst: 8_000 },
  requestsPerAccount: { perSecond: 10_000, burst: 40_000 },
  requestsPerAddress: { perSecond: 20_000, burst: 80_000 },
  /** The same for what takes risk away, so that nobody is locked into orders. */
  cancelsPerConnection: { perSecond: 2_000, burst: 8_000 },
  cancelsPerAccount: { perSecond: 10_000, burst: 40_000 },
  cancelsPerAddress: { perSecond: 20_000, burst: 80_000 },
  /**
   * Requests answered INVALID_REQUEST, UNAUTHENTICATED, FORBIDDEN or RATE_LIMITED; one more closes the connection with
   * TOO_MANY_ERRORS. What the engine refuses is no fault.
   */
  faultyRequests: { perSecond: 50, burst: 2_000 },
  /** Any HTTP request, by address. Generous enough for a person and a bot at once behind one. */
  httpPerAddress: { perSecond: 100, burst: 400 },
  /** Authenticated HTTP requests, by account. */
  httpPerAccount: { perSecond: 100, burst: 400 },
  /** The same for requests that cancel orders. */
  httpCancelsPerAddress: { perSecond: 100, burst: 400 },
  httpCancelsPerAccount: { perSecond: 100, burst: 400 },
  /** New accounts, by address. */
  registerPerAddress: { perSecond: 0.5, burst: 30 },
  /** Log-ins, by address; each costs a password hash. */
  loginPerAddress: { perSecond: 1, burst: 60 },
  /** Log-ins, by username whoever asks: what guessing one password may cost its owner. */
  loginPerUsername: { perSecond: 0.2, burst: 20 },
  refreshPerAddress: { perSecond: 2, burst: 60 },
  /** Connections from one address (of IPv6: one /64); one more is closed with TOO_MANY_CONNECTIONS. */
  connectionsPerAddress: 512,
  /** Requests of one connection without an answer; one more is answered RATE_LIMITED. */
  requestsInFlight: 16_384,
  /** Channels that one connection holds; one more is LIMIT_EXCEEDED. */
  subscriptionsPerConnection: 200,
} as const satisfies Record<string, Rate | number>;
export type LimitName = keyof typeof DEFAULT_LIMITS;
export type Limits = { readonly [Name in LimitName]: (typeof DEFAULT_LIMITS)[Name] extends number ? number : Rate };

/** Enough for any machine; beyond it a number is a mistake. */
const LIMIT_MAX = 1_000_000_000;

/** The limits with what a JSON object of some of them says; a text says what is wrong with it. */
export function changedLimits(changes: unknown): Limits | string {
  if (!isObject(changes)) return 'an object of limits';
  const limits: Record<string, Rate | number> = { ...DEFAULT_LIMITS };
  for (const [name, change] of Object.entries(changes)) {
    const before = limits[name];
    if (before === undefined || !Object.hasOwn(DEFAULT_LIMITS, name)) {
      return `limits that exist, not "${name}": ${Object.keys(DEFAULT_LIMITS).join(', ')}`;
    }
    const after = typeof before === 'number' ? count(change) : rate(before, change);
    if (after === undefined) {
      return typeof before === 'number'
        ? `${name} as a whole number from 1 to ${LIMIT_MAX}`
        : `${name} as {"perSecond", "burst"}, perSecond above 0 and burst a whole number from 1, at most ${LIMIT_MAX}`;
    }
    limits[name] = after;
  }
  return limits as Limits; // the same names with the same types of values
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const count = (value: unknown): number | undefined =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LIMIT_MAX ? (value as number) : undefined;

/** What is not named of a rate stays. */
function rate(before: Rate, change: unknown): Rate | undefined {
  if (!isObject(change) || Object.keys(change).some((name) => name !== 'perSecond' && name !== 'burst'))
    return undefined;
  const { perSecond = before.perSecond, burst = before.burst } = change;
  if (typeof perSecond !== 'number' || !(perSecond > 0 && perSecond <= LIMIT_MAX)) return undefined;
  const whole = count(burst);
  return whole === undefined ? undefined : { perSecond, burst: whole };
}
