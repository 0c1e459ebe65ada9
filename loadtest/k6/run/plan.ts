import type { ScenarioName } from '../../scenarios.ts';

/** What the runner has prepared: the file that every scenario reads. */
export interface Plan {
  scenario: ScenarioName;
  /** `http://host:port`. */
  url: string;
  vus: number;
  /** Of each VU. */
  sockets: number;
  durationMs: number;
  /** Requests a second, of all VUs together. */
  rate: number;
  /** Requests that one socket leaves unanswered. */
  window: number;
  /** Percentiles of the acknowledgement’s latency in milliseconds, and the part of requests that may fail. */
  limits: { p95Ms: number; p99Ms: number; errorRate: number };
  /** How long after the load the last answers and messages may take. */
  answersMs: number;
  seed: number;
  accounts: PlanAccount[];
  markets: PlanMarket[];
}

export interface PlanAccount {
  username: string;
  password: string;
  apiKey: string;
  /** Hex SHA-256 of the API key’s secret: what signatures are made with. */
  signingKey: string;
}

export interface PlanMarket {
  id: string;
  outcomes: string[];
}

/** One VU’s account of a second or so (k6’s timers come late when it is busy), a line of the console: what the runner draws and shows. */
export interface SecondLine {
  vu: number;
  /** Milliseconds since 1970: its end, and how long it was. */
  at: number;
  ms: number;
  sent: number;
  answers: number;
  refused: number;
  failed: number;
  messages: number;
  /** Gaps, checksums and everything else that must never happen. */
  faults: number;
  /** How late the latest of its timers was, in milliseconds. */
  lagMs: number;
  /** `[bucket, count]` of the acknowledgements’ latencies. */
  latency: [number, number][];
}
