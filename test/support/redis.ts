import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Redis for a test file: start it in `beforeAll`, stop it in `afterAll`. Nothing of it outlives the file. */
export interface TestRedis {
  readonly url: string;
  /** Deletes everything that it holds. */
  wipe(): Promise<void>;
  /** kill -9; until {@link TestRedis.restart} nobody answers. */
  crash(): Promise<void>;
  /** Starts it again on the same port, empty. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const START_ATTEMPTS = 5;

/** The system’s redis-server, or null. */
export function redisServer(): string | null {
  const path = (process.env.PATH ?? '').split(':').filter((directory) => directory !== '');
  const found = [...path, '/usr/bin', '/usr/local/bin'].map((directory) => join(directory, 'redis-server'));
  return found.find((file) => existsSync(file)) ?? null;
}

/** Starts a redis-server on a free port of the loopback address, which asks for the password if there is one. */
export async function startTestRedis(program: string, password?: string): Promise<TestRedis> {
  const more = password === undefined ? [] : ['--requirepass', password];
  const directory = mkdtempSync(join(tmpdir(), 'brier-redis-'));
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const child = await start(program, port, directory, more);
    if (typeof child !== 'string') return running(child, () => start(program, port, directory, more), port, directory);
    // Somebody else may have taken the port in between.
    if (attempt === START_ATTEMPTS) throw new Error(`redis-server did not start: ${child}`);
  }
}

function running(
  first: ChildProcess,
  startAgain: () => Promise<ChildProcess | string>,
  port: number,
  directory: string,
): TestRedis {
  let child = first;
  const crash = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    wipe: () => command(port, 'FLUSHALL'),
    crash,
    async restart() {
      const started = await startAgain();
      if (typeof started === 'string') throw new Error(`redis-server did not start again: ${started}`);
      child = started;
    },
    async stop() {
      await crash();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The process when it takes connections, its last lines when it has ended instead. */
async function start(
  program: string,
  port: number,
  directory: string,
  more: readonly string[],
): Promise<ChildProcess | string> {
  const child = spawn(
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory, ...more],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const trouble = await ready(child);
  return trouble ?? child;
}

/** Resolves with null when it takes connections, with its last lines when it ends instead. */
function ready(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let output = '';
    child.stdout?.on('data', (data: Buffer) => {
      output = (output + data.toString()).slice(-2_000);
      if (output.includes('Ready to accept connections')) resolve(null);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(output));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject() : resolve(address.port)));
    });
  });
}

/** Redis takes a command as a line; its answer is a line too. */
function command(port: number, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n`));
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      if (data.toString().startsWith('+OK')) resolve();
      else reject(new Error(data.toString()));
    });
  });
}
