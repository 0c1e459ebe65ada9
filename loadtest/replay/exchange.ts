import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { ReplayOptions } from './options.ts';

/** The exchange that is replayed against, and its operator. */
export interface Exchange {
  url: string;
  operator: { username: string; password: string };
  /** The last lines that an exchange started here has printed. */
  output: readonly string[];
  /** Drains and stops what was started here, once however often it is called; nothing for an exchange that was there before. */
  stop(): Promise<void>;
}

const START_SCRIPT = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
const START_TIMEOUT_MS = 120_000;
/** An exchange gives up draining after a minute; one that outlives even that is killed. */
const STOP_TIMEOUT_MS = 75_000;
/** Last lines of an exchange's output that are shown when something fails. */
const OUTPUT_LINES_MAX = 40;
/** The server's own line, or a log record; either way with its URL. */
const READY = /(?:BRIER_READY|ready)\b.*?(https?:\/\/[^\s"',}]+)/i;

const operatorFile = z.object({ username: z.string(), password: z.string() });

/** Takes the exchange of `--url`, or starts one. Throws with its output if it does not come up. */
export async function openExchange(options: ReplayOptions): Promise<Exchange> {
  if (options.url !== undefined) {
    const dataDir = options.dataDir ?? process.env.BRIER_DATA_DIR;
    return { url: options.url, operator: credentials(options, dataDir), output: [], stop: async () => {} };
  }
  const temporary = options.dataDir === undefined;
  const dataDir = resolve(options.dataDir ?? mkdtempSync(join(tmpdir(), 'brier-replay-')));
  const removeData = (): void => {
    if (temporary && !options.keep) rmSync(dataDir, { recursive: true, force: true });
    else process.stderr.write(`data of the exchange: ${dataDir}\n`);
  };
  const child = spawn(process.execPath, [START_SCRIPT], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Not in our group: a Ctrl-C on the terminal is ours to pass on, after the sockets are closed.
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
  try {
    const url = await readyUrl(child, output);
    let stopped: Promise<void> | undefined;
    return {
      url,
      operator: credentials(options, dataDir),
      output,
      stop: () => {
        stopped ??= stop(child).then(removeData);
        return stopped;
      },
    };
  } catch (error) {
    await stop(child);
    removeData();
    throw error;
  }
}

/** Keeps the last lines of what the exchange prints in `output`, for as long as it runs. */
function readyUrl(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolveUrl, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}\n${output.join('\n')}`));
    const timer = setTimeout(
      () => fail(`the exchange was not ready in ${START_TIMEOUT_MS / 1000} s`),
      START_TIMEOUT_MS,
    );
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`the exchange ended with ${code ?? signal}`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface(stream).on('line', (line) => {
        output.push(line);
        if (output.length > OUTPUT_LINES_MAX) output.shift();
        const url = READY.exec(line)?.[1];
        if (url === undefined) return;
        clearTimeout(timer);
        resolveUrl(url);
      });
    }
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolveEnd) => child.once('exit', resolveEnd));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

function credentials(options: ReplayOptions, dataDir: string | undefined): Exchange['operator'] {
  const username = options.adminUsername ?? process.env.BRIER_ADMIN_USERNAME;
  const password = options.adminPassword ?? process.env.BRIER_ADMIN_PASSWORD;
  if (username !== undefined && password !== undefined) return { username, password };
  const file = dataDir === undefined ? undefined : join(dataDir, 'operator.json');
  if (file !== undefined && existsSync(file)) return operatorFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  throw new Error('no operator: give --admin-username and --admin-password, or --data-dir of an embedded exchange');
}
