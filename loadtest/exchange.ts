import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** The exchange under load, and its operator. */
export interface Exchange {
  readonly url: string;
  readonly operator: { readonly username: string; readonly password: string };
  /** Its process; undefined where that is not known. */
  readonly pid: number | undefined;
  /** The process of its own PostgreSQL; undefined where it has none here. */
  readonly postgresPid: number | undefined;
  /** The last lines that an exchange started here has printed. */
  readonly output: readonly string[];
  /** Stops what was started here and removes its data, once however often it is called. */
  stop(): Promise<void>;
}

const START_SCRIPT = fileURLToPath(new URL('../scripts/start.mjs', import.meta.url));
const START_TIMEOUT_MS = 120_000;
/** An exchange gives up draining after a minute; one that outlives even that is killed. */
const STOP_TIMEOUT_MS = 75_000;
/** Last lines of an exchange's output that are shown when something fails. */
const OUTPUT_LINES_MAX = 40;
const READY = 'BRIER_READY ';

const credentials = z.object({ username: z.string(), password: z.string() });

/** The exchange that is there. Throws where its operator is not given. */
export function givenExchange(url: string, env: NodeJS.ProcessEnv): Exchange {
  const { BRIER_ADMIN_USERNAME: username = '', BRIER_ADMIN_PASSWORD: password = '', BRIER_PID } = env;
  if (username === '' || password === '') {
    throw new Error('BRIER_URL needs BRIER_ADMIN_USERNAME and BRIER_ADMIN_PASSWORD, the operator of that exchange');
  }
  const pid = Number(BRIER_PID ?? Number.NaN);
  return {
    url,
    operator: { username, password },
    pid: Number.isSafeInteger(pid) && pid > 0 ? pid : undefined,
    postgresPid: undefined,
    output: [],
    stop: async () => {},
  };
}

/** Starts an exchange with empty data and without rate limits. Throws with its output if it does not come up. */
export async function startExchange(): Promise<Exchange> {
  const dataDir = mkdtempSync(join(tmpdir(), 'brier-loadtest-'));
  const child = spawn(process.execPath, [START_SCRIPT], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not in our group: a Ctrl-C on the terminal is ours to pass on, when the load has ended.
    detached: true,
    env: {
      ...process.env,
      PORT: '0',
      HOST: '127.0.0.1',
      BRIER_DATA_DIR: dataDir,
      BRIER_RATE_LIMITS: 'off',
      BRIER_READY_LINE: '1',
      // As under npm start: the server stops by itself when this process is killed.
      npm_lifecycle_event: 'start',
    },
  });
  const output: string[] = [];
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= end(child).then(() => rmSync(dataDir, { recursive: true, force: true }));
    return stopped;
  };
  try {
    const url = await readyUrl(child, output);
    const operator = credentials.parse(JSON.parse(readFileSync(join(dataDir, 'operator.json'), 'utf8')));
    const [postmaster = ''] = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n');
    return { url, operator, pid: child.pid, postgresPid: Number(postmaster), output, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function readyUrl(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}\n${output.join('\n')}`));
    const timer = setTimeout(() => fail('the exchange did not start in time'), START_TIMEOUT_MS);
    child.once('error', reject);
    child.once('exit', (code, signal) => fail(`the exchange ended with ${code ?? signal}`));
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on('line', (line) => {
        output.push(line);
        if (output.length > OUTPUT_LINES_MAX) output.shift();
        if (!line.startsWith(READY)) return;
        clearTimeout(timer);
        resolve(z.object({ url: z.string() }).parse(JSON.parse(line.slice(READY.length))).url);
      });
    }
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
