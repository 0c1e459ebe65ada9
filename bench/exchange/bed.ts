import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type HttpClient, http } from '../../src/sdk/http.ts';
import { type Running, startServer } from '../exchangeProcess.ts';
import { coresOf, sample, used, type Watched } from './cpu.ts';

const OPERATOR = { username: 'operator', password: 'operator of the bench' };
const PASSWORD = 'bench bench';
const DEPOSIT = '10000000';
/** Well below the life of an access token. */
const OPERATOR_MS_MAX = 60_000;
/** What has been loaded is quiet again below this many cores, or after so long. */
const QUIET_CORES = 0.1;
const QUIET_MS_MAX = 20_000;
const LOOK_MS = 1_000;

/** What rows are measured on: one exchange with the PostgreSQL that it brings, and bare servers, in processes of their own. */
export type Bed = {
  databaseUrl: string;
  /** The exchange’s; its PostgreSQL can be started there when it has ended. */
  dataDir: string;
  exchange: Running;
  echo: Running;
  publisher: Running;
  /** The exchange’s process and its database’s. */
  watched: Watched[];
  /** Access tokens of so many funded accounts. */
  tokens(count: number): Promise<string[]>;
  market(id: string): Promise<void>;
  /** Waits until what the last row has left is done: the follower’s work, the database’s. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
};

const script = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/**
 * `profile`: a folder for what each thread of the exchange’s process did; `hasty`: nothing waits for anything to be quiet.
 * Everything is stopped when a part fails to start.
 */
export async function makeBed({ profile, hasty = false }: { profile?: string; hasty?: boolean }): Promise<Bed> {
  const directory = mkdtempSync(join(tmpdir(), 'brier-bench-'));
  const dataDir = join(directory, 'exchange');
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.splice(0).reverse()) await each();
    rmSync(directory, { recursive: true, force: true });
  };
  const bare = async (name: string): Promise<Running> => {
    const server = await startServer(['--import', import.meta.resolve('tsx'), script(name)], {});
    stops.push(server.stop);
    return server;
  };
  try {
    const flags = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
    const exchange = await startServer(['--inspect-port=0', ...flags, script('../dist/main.js')], {
      PORT: '0',
      BRIER_DATA_DIR: dataDir,
      JWT_SECRET: 'a secret for the bench that nobody else needs',
      BRIER_ADMIN_USERNAME: OPERATOR.username,
      BRIER_ADMIN_PASSWORD: OPERATOR.password,
      BRIER_RATE_LIMITS: 'off',
      BRIER_READY_LINE: '1',
    });
    stops.push(exchange.stop);
    const postgres = embeddedPostgres(dataDir);
    const watched = [
      { label: 'exchange', pid: exchange.pid, mainThread: 'gateway' },
      { label: 'postgres', pid: postgres.pid, mainThread: 'postmaster', withChildren: true },
    ];
    return {
      databaseUrl: postgres.url,
      dataDir,
      exchange,
      echo: await bare('echo.ts'),
      publisher: await bare('publish.ts'),
      watched,
      ...people(exchange.url),
      quiet: () => (hasty ? Promise.resolve() : quiet(watched)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The exchange’s own PostgreSQL, as its files describe it. */
function embeddedPostgres(folder: string): { url: string; pid: number } {
  const [pid, , , port] = readFileSync(join(folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const password = readFileSync(join(folder, 'postgres.password'), 'utf8').trim();
  return { url: `postgres://brier:${password}@127.0.0.1:${port}/brier`, pid: Number(pid) };
}

function people(url: string): Pick<Bed, 'tokens' | 'market'> {
  const api = http(url);
  const login = async (credentials: { username: string; password: string }) =>
    (await api.post<{ accessToken: string }>('/auth/login', credentials)).accessToken;
  let known = 0;
  let operator: Promise<HttpClient> | undefined;
  let loggedInAt = 0;
  const asOperator = (): Promise<HttpClient> => {
    if (operator === undefined || performance.now() - loggedInAt > OPERATOR_MS_MAX) {
      loggedInAt = performance.now();
      operator = login(OPERATOR).then((token) => api.as(token));
    }
    return operator;
  };
  return {
    async tokens(count) {
      const operator = await asOperator();
      for (; known < count; known++) {
        const username = `bench-${known}`;
        await api.post('/auth/register', { username, password: PASSWORD });
        await operator.post(`/accounts/${username}/deposits`, { amount: DEPOSIT, reference: username });
      }
      // New ones each time: the clock of a token runs from its login on. One after the other: passwords are hashed slowly.
      const tokens: string[] = [];
      for (let i = 0; i < count; i++) {
        const token = await login({ username: `bench-${i}`, password: PASSWORD });
        // What earlier rows have left resting would count against what the account may have.
        await api.as(token).delete('/orders');
        tokens.push(token);
      }
      return tokens;
    },
    async market(id) {
      const operator = await asOperator();
      const closeTime = Date.now() + 365 * 86_400_000;
      await operator.post('/markets', { id, title: 'Bench', criteria: 'Never resolved', type: 'book', closeTime });
    },
  };
}

async function quiet(watched: readonly Watched[]): Promise<void> {
  for (let waited = 0; waited < QUIET_MS_MAX; waited += LOOK_MS) {
    const from = sample(watched);
    await pause(LOOK_MS);
    const use = used(from, sample(watched));
    if (coresOf(use, 'exchange') + coresOf(use, 'postgres') < QUIET_CORES) return;
  }
}
