import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import * as z from 'zod';
import { serversIn } from '../../src/persistence/postgres/processes.ts';

/** The exchange as it is run: `dist/main.js` in a process group of its own, with a data directory of its own. */
export interface ExchangeProcess {
  readonly pid: number;
  readonly dataDir: string;
  /** Every line that it has written, as it comes. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Its URL, once it takes orders; rejects with its output when it ended before. */
  readonly ready: Promise<string>;
  /** How it ended: exit code, or the name of the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** The first line, past or to come, that matches; rejects when the process ends without it. */
  line(pattern: RegExp): Promise<string>;
  /** A signal to the process alone, as `kill` sends it. */
  signal(signal: NodeJS.Signals): void;
  /** The superuser’s URL of its embedded PostgreSQL. */
  databaseUrl(): string;
  /** The processes of its embedded PostgreSQL, the postmaster first. */
  postgres(): number[];
  /** kill -9 of everything at once: the whole process group and PostgreSQL, as when the machine loses its power. */
  kill(): Promise<void>;
  /** Looks up whom {@link kill} kills, so that the kill itself, when it is called, takes no time. */
  aim(): () => Promise<void>;
  /** Stops it as Ctrl-C does and waits for the end; what does not end is killed. */
  stop(): Promise<void>;
}

/** The exchange, ready. */
export type Exchange = ExchangeProcess & { readonly url: string; operator(): { username: string; password: string } };

export type StartOptions = {
  /** Default: a new one, which goes at the end of the test file. */
  dataDir?: string;
  /** Variables besides those of every test; undefined takes one away. */
  env?: Record<string, string | undefined>;
  /** How streams are tuned, where not as usual. */
  streams?: { logBytes?: number; sweepMs?: number };
};

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const TUNED = fileURLToPath(new URL('../exchange/support/tunedExchange.mjs', import.meta.url));
const STOP_TIMEOUT_MS = 30_000;
const operatorFile = z.object({ username: z.string(), password: z.string() });

const running = new Set<ExchangeProcess>();
const directories = new Set<string>();
function removeDirectories(): void {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}
// A hook of the file that imports this, after its own: a test that fails halfway leaves nothing behind.
afterAll(async () => {
  await Promise.all([...running].map((exchange) => exchange.kill()));
  removeDirectories();
});
// Nor does a run that is interrupted, however its worker hears of it.
function abandon(): void {
  for (const exchange of running) killAll(processesOf(exchange));
  removeDirectories();
}
for (const event of ['exit', 'disconnect']) process.once(event, abandon);

/** A directory under the system's temporary one, removed at the end of the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'brier-exchange-'));
  directories.add(directory);
  return directory;
}

/** Starts the exchange and waits until it takes orders. */
export async function startExchange(options: StartOptions = {}): Promise<Exchange> {
  const exchange = spawnExchange(options);
  const url = await exchange.ready;
  return Object.assign(exchange, {
    url,
    operator: () => operatorFile.parse(JSON.parse(readFileSync(join(exchange.dataDir, 'operator.json'), 'utf8'))),
  });
}

/** Starts the exchange and does not wait. */
export function spawnExchange(options: StartOptions = {}): ExchangeProcess {
  const { dataDir = temporaryDirectory(), env = {}, streams } = options;
  const program = streams === undefined ? [MAIN] : [TUNED, JSON.stringify(streams)];
  const child = spawn(process.execPath, program, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment({
      PORT: '0',
      HOST: '127.0.0.1',
      BRIER_DATA_DIR: dataDir,
      BRIER_RATE_LIMITS: 'off',
      BRIER_READY_LINE: '1',
      ...env,
    }),
  });
  const pid = child.pid as number;
  const output = new Output(child);
  // 'close' comes when the last line has been read too.
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  const ready = output
    .line(/^BRIER_READY /)
    .then((line) => z.object({ url: z.string() }).parse(JSON.parse(line.slice('BRIER_READY '.length))).url);
  ready.catch(() => {});
  const exchange: ExchangeProcess = {
    pid,
    dataDir,
    stdout: output.stdout,
    stderr: output.stderr,
    ready,
    ended,
    line: (pattern) => output.line(pattern),
    signal: (signal) => process.kill(pid, signal),
    databaseUrl: () => {
      const password = readFileSync(join(dataDir, 'postgres.password'), 'utf8').trim();
      const [, , , port] = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n');
      return `postgres://brier:${password}@127.0.0.1:${port}/brier`;
    },
    postgres: () => postgresOf(dataDir),
    kill: () => exchange.aim()(),
    aim: () => {
      const pids = processesOf(exchange);
      return async () => {
        killAll(pids);
        // A connection may have come since.
        killAll(exchange.postgres());
        await ended;
      };
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      const timer = setTimeout(() => killAll(processesOf(exchange)), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
  running.add(exchange);
  void ended.then(() => running.delete(exchange));
  return exchange;
}

/** Ours without what would configure an exchange by accident. */
function environment(variables: Record<string, string | undefined>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const name of ['PATH', 'HOME', 'TMPDIR', 'LANG']) env[name] = process.env[name];
  return { ...env, ...variables };
}

/** PostgreSQL first: what it has not committed by now must not have been acknowledged. */
const processesOf = (exchange: ExchangeProcess): number[] => [...exchange.postgres(), -exchange.pid];

function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended with the others.
    }
  }
}

function postgresOf(dataDir: string): number[] {
  try {
    const [first = ''] = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n');
    const servers = serversIn(join(dataDir, 'postgres')) ?? [];
    return [Number(first), ...servers.filter((pid) => pid !== Number(first))];
  } catch {
    return []; // no cluster yet, or one that was stopped
  }
}

/** The lines of a child, for those who look back and those who wait. */
class Output {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly #waiting = new Set<(line: string | undefined) => void>();
  #over = false;

  constructor(child: ChildProcess) {
    this.#read(child.stdout, this.stdout);
    this.#read(child.stderr, this.stderr);
    child.once('close', () => {
      this.#over = true;
      for (const tell of this.#waiting) tell(undefined);
    });
  }

  line(pattern: RegExp): Promise<string> {
    const found = [...this.stdout, ...this.stderr].find((line) => pattern.test(line));
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve, reject) => {
      const fail = () =>
        reject(new Error(`the exchange ended without ${pattern}:\n${[...this.stdout, ...this.stderr].join('\n')}`));
      if (this.#over) return fail();
      const tell = (line: string | undefined) => {
        if (line !== undefined && !pattern.test(line)) return;
        this.#waiting.delete(tell);
        if (line === undefined) fail();
        else resolve(line);
      };
      this.#waiting.add(tell);
    });
  }

  #read(stream: NodeJS.ReadableStream | null, lines: string[]): void {
    if (stream === null) return;
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      for (const tell of this.#waiting) tell(line);
    });
  }
}
