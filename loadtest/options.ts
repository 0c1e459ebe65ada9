import { parseArgs } from 'node:util';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from './scenarios.ts';

export interface LoadtestOptions {
  scenario: ScenarioName;
  vus: number;
  /** Of each VU. */
  sockets: number;
  seconds: number;
  /** Requests a second in all. */
  rate: number;
  markets: number;
  window: number;
  p95Ms: number;
  p99Ms: number;
  errorRate: number;
  /** How long after the load the last answers and messages may take. */
  answersMs: number;
  seed: number;
  /** Begins usernames and market ids. */
  prefix: string;
  /** Where the reports go; undefined: a folder of its own below `loadtest/out`. */
  out: string | undefined;
  /** An exchange that runs; undefined: one is started. */
  url: string | undefined;
}

const DEFAULTS = { window: 256, p95Ms: 1000, p99Ms: 2500, errorRate: 0.001, answersMs: 60_000 };
/** No run is endless, and none opens more sockets than one machine has use for. */
const SECONDS_MAX = 86_400;
const VUS_MAX = 64;
const SOCKETS_MAX = 2000;
const RATE_MAX = 1_000_000;
const MARKETS_MAX = 1000;
const WINDOW_MAX = 10_000;
/** Leaves room for what is appended in 32 characters of a username. */
const PREFIX = /^[a-z0-9]{1,16}$/;

const scenarioLine = (name: ScenarioName): string => {
  const { about, vus, sockets, seconds, rate, markets } = SCENARIOS[name];
  return `  ${name.padEnd(16)} ${about}\n${' '.repeat(19)}${vus} VUs × ${sockets} sockets, ${rate}/s, ${markets} markets, ${seconds} s`;
};

export const HELP = `Load tests of a Brier exchange by k6, which check that everything is right while it is busy.

  npm run loadtest -- SCENARIO [options]

Scenarios, and their size unless options say otherwise
${SCENARIO_NAMES.map(scenarioLine).join('\n')}

Options
  --vus N          k6's virtual users: each is a thread of JavaScript with many sockets
  --sockets N      WebSockets of each of them
  --duration TIME  how long the load lasts: 30s, 5m, 2h
  --rate N         requests a second in all
  --markets N      markets that are made for the run
  --window N       requests that a socket leaves unanswered at most (default ${DEFAULTS.window})
  --seed N         of all random choices (default: the time)
  --prefix NAME    begins usernames and market ids (default: lt and the time)
  --out DIR        where report.json, report.html and k6's summary go (default: loadtest/out/SCENARIO-TIME)
  --help           this text

Environment
  BRIER_URL        an exchange that runs (http://host:port), with BRIER_ADMIN_USERNAME and BRIER_ADMIN_PASSWORD of its
                   operator; without it one is started with empty data, and removed at the end
  BRIER_PID        its process, where it runs on this machine and its CPU is wanted
  BRIER_P95_MS     the acknowledgement's latency may be (default ${DEFAULTS.p95Ms})
  BRIER_P99_MS     (default ${DEFAULTS.p99Ms})
  BRIER_ANSWERS_MS after the load the last answers and messages may take so long (default ${DEFAULTS.answersMs})
  BRIER_ERROR_RATE part of the requests that may fail (default ${DEFAULTS.errorRate})
  K6               the k6 to use (default: the one of PATH, then ~/go/bin/k6)

Correctness is exact: no gap, no wrong checksum, no answer missing or twice, no micro lost.
Exit code: 0 all thresholds hold, 1 not, 2 wrong arguments, 3 there is no k6.
`;

/** `'help'`, the options, or throws an Error that says what is wrong with them. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv, now: number): LoadtestOptions | 'help' {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      vus: { type: 'string' },
      sockets: { type: 'string' },
      duration: { type: 'string' },
      rate: { type: 'string' },
      markets: { type: 'string' },
      window: { type: 'string' },
      seed: { type: 'string' },
      prefix: { type: 'string' },
      out: { type: 'string' },
    },
  });
  const [scenario, ...rest] = positionals;
  if (values.help || scenario === undefined) return 'help';
  if (rest.length > 0) throw new Error(`one scenario at a time, not also ${rest.join(' ')}`);
  if (!isScenario(scenario)) throw new Error(`no scenario ${scenario}: there are ${SCENARIO_NAMES.join(', ')}`);
  const { prefix = `lt${now.toString(36)}` } = values;
  if (!PREFIX.test(prefix)) throw new Error('--prefix is 1 to 16 letters a-z and digits');
  const url = env.BRIER_URL === '' ? undefined : env.BRIER_URL;
  if (url !== undefined && !/^https?:\/\/[^/]+\/?$/.test(url)) throw new Error('BRIER_URL is http(s)://host:port');
  const defaults = SCENARIOS[scenario];
  return {
    scenario,
    vus: whole('--vus', values.vus, VUS_MAX) ?? defaults.vus,
    sockets: whole('--sockets', values.sockets, SOCKETS_MAX) ?? defaults.sockets,
    seconds: values.duration === undefined ? defaults.seconds : secondsOf(values.duration),
    rate: whole('--rate', values.rate, RATE_MAX) ?? defaults.rate,
    markets: whole('--markets', values.markets, MARKETS_MAX) ?? defaults.markets,
    window: whole('--window', values.window, WINDOW_MAX) ?? DEFAULTS.window,
    seed: whole('--seed', values.seed, 2 ** 31) ?? now % 2 ** 31,
    p95Ms: number('BRIER_P95_MS', env.BRIER_P95_MS) ?? DEFAULTS.p95Ms,
    p99Ms: number('BRIER_P99_MS', env.BRIER_P99_MS) ?? DEFAULTS.p99Ms,
    errorRate: number('BRIER_ERROR_RATE', env.BRIER_ERROR_RATE) ?? DEFAULTS.errorRate,
    answersMs: number('BRIER_ANSWERS_MS', env.BRIER_ANSWERS_MS) ?? DEFAULTS.answersMs,
    prefix,
    out: values.out,
    url: url?.replace(/\/$/, ''),
  };
}

const isScenario = (name: string): name is ScenarioName => Object.hasOwn(SCENARIOS, name);

function whole(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1 || value > max) {
    throw new Error(`${name} is a whole number from 1 to ${max}`);
  }
  return value;
}

function number(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is a number of at least 0`);
  return value;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600 };

function secondsOf(text: string): number {
  const [, count = '', unit = 's'] = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? 1);
  if (count === '' || seconds < 1 || seconds > SECONDS_MAX) throw new Error('--duration is 1s to 24h: 30s, 5m, 2h');
  return seconds;
}
