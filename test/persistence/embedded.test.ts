import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/persistence/postgres/connect.ts';
import { type EmbeddedOptions, type EmbeddedPostgres, startEmbedded } from '../../src/persistence/postgres/embedded.ts';
import { isAlive } from '../../src/persistence/postgres/processes.ts';

const CHILD = fileURLToPath(new URL('../support/embeddedChild.ts', import.meta.url));
const isRoot = process.getuid?.() === 0;

describe('the embedded PostgreSQL', () => {
  let base: string;
  let dataDir: string;
  const progress: string[] = [];
  const running: EmbeddedPostgres[] = [];

  // One cluster for the whole file: initdb is the slow part, and coming back to an old cluster is the point.
  beforeAll(() => {
    base = fs.mkdtempSync(join(tmpdir(), 'brier-embedded-'));
    dataDir = join(base, 'data');
    fs.chmodSync(base, 0o755);
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop({ immediate: true });
    progress.length = 0;
  });
  afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

  async function start(options: Partial<EmbeddedOptions> = {}): Promise<EmbeddedPostgres> {
    const server = await startEmbedded({ dataDir, onProgress: (text) => progress.push(text), ...options });
    running.push(server);
    return server;
  }

  async function ask(server: EmbeddedPostgres, query: string): Promise<unknown> {
    const sql = connect(server.url, { applicationName: 'test', max: 1 });
    try {
      const [row] = await sql.unsafe(query).values();
      return row?.[0];
    } finally {
      await sql.end({ timeout: 1 });
    }
  }

  it('makes a cluster once, and comes back to it', async () => {
    const first = await start();
    expect(progress[0]).toContain('Making a PostgreSQL cluster');
    await ask(first, 'create table kept as select 7 as x');
    await first.stop();
    await first.stop();
    progress.length = 0;
    const second = await start();
    expect(await ask(second, 'select x from kept')).toBe(7);
    expect(progress.join()).not.toContain('Making');
  });

  it('keeps its password and its server to itself', async () => {
    const server = await start();
    expect(fs.statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
    expect(new URL(server.url).password.length).toBeGreaterThanOrEqual(43);
    expect(await ask(server, 'show listen_addresses')).toBe('127.0.0.1');
    expect(await ask(server, 'show unix_socket_directories')).toBe('');
    const wrong = new URL(server.url);
    wrong.password = 'wrong';
    const sql = connect(wrong.href, { applicationName: 'test', max: 1 });
    await expect(sql`select 1`).rejects.toThrow('password authentication failed');
    await sql.end();
  });

  it('waits for the disk', async () => {
    const server = await start();
    for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      expect(await ask(server, `show ${setting}`)).toBe('on');
    }
  });

  it('refuses a data directory that another exchange has, in this process or another', async () => {
    const server = await start();
    await expect(start()).rejects.toThrow(`is in use by process ${process.pid}`);
    await server.stop();
    const child = await startChild();
    await expect(start()).rejects.toThrow(`is in use by process ${child.process.pid}`);
    child.process.kill('SIGINT');
    await once(child.process, 'exit');
    await start();
  });

  it('stops the server that a killed exchange left running', async () => {
    const child = await startChild();
    child.process.kill('SIGKILL');
    await once(child.process, 'exit');
    expect(isAlive(child.serverPid)).toBe(true);
    const server = await start();
    expect(isAlive(child.serverPid)).toBe(false);
    expect(progress.join()).toContain('left running');
    expect(await ask(server, 'select 1')).toBe(1);
  });

  it('starts after everything was killed at once', async () => {
    const child = await startChild();
    process.kill(child.serverPid, 'SIGKILL');
    child.process.kill('SIGKILL');
    await once(child.process, 'exit');
    expect(fs.existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(true);
    expect(await ask(await start(), 'select 1')).toBe(1);
  });

  it.runIf(process.platform === 'linux')('starts although its pid file names somebody else’s process', async () => {
    const child = await startChild();
    process.kill(child.serverPid, 'SIGKILL');
    child.process.kill('SIGKILL');
    await once(child.process, 'exit');
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
    // A stranger of the server's own account, as after a restart of a container: PostgreSQL would refuse by itself.
    const { uid, gid } = fs.statSync(pidFile);
    const stranger = spawn('sleep', ['600'], isRoot ? { uid, gid } : {});
    await once(stranger, 'spawn');
    const lines = fs.readFileSync(pidFile, 'utf8').split('\n');
    fs.writeFileSync(pidFile, [String(stranger.pid), ...lines.slice(1)].join('\n'));
    expect(await ask(await start(), 'select 1')).toBe(1);
    expect(isAlive(stranger.pid!)).toBe(true);
    stranger.kill();
  });

  it('is not reached by Ctrl-C before the exchange has drained', async () => {
    const child = await startChild();
    process.kill(-child.process.pid!, 'SIGINT');
    expect(await child.line()).toBe('answer 42');
    expect(await child.line()).toBe('stopped');
    await once(child.process, 'exit');
    expect(isAlive(child.serverPid)).toBe(false);
  });

  it('starts a server that died again, on the same port', async () => {
    const server = await start();
    const { pid, url } = server;
    process.kill(pid, 'SIGKILL');
    const sql = connect(url, { applicationName: 'test', max: 1 });
    for (;;) {
      const [row] = await sql<{ answer: number }[]>`select 42 as answer`.catch(() => []);
      if (row?.answer === 42 && server.pid !== pid) break;
    }
    await sql.end();
    expect(progress.join()).toContain('ended unexpectedly (killed by SIGKILL)');
  });

  it('stops although the server died', async () => {
    const server = await start();
    process.kill(server.pid, 'SIGKILL');
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('says with the server’s own words why it did not start, and frees the directory', async () => {
    await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(
      /did not start.*\n.*shared_buffers/s,
    );
    await start();
  });

  it('says when the cluster was made by another version', async () => {
    const versionFile = join(dataDir, 'postgres', 'PG_VERSION');
    const version = fs.readFileSync(versionFile, 'utf8');
    fs.writeFileSync(versionFile, '13\n');
    await expect(start()).rejects.toThrow('was made by PostgreSQL 13');
    fs.writeFileSync(versionFile, version);
  });

  it('is not deceived by what a crash in the middle of initdb left', async () => {
    const fresh = join(base, 'crashed');
    fs.mkdirSync(join(fresh, 'postgres.initdb-abc'), { recursive: true });
    fs.writeFileSync(join(fresh, 'postgres.initdb-abc', 'PG_VERSION'), '18\n');
    const server = await start({ dataDir: fresh });
    expect(await ask(server, 'select 1')).toBe(1);
    expect(fs.readdirSync(fresh).sort()).toEqual(['lock', 'postgres', 'postgres.log', 'postgres.password']);
  });

  it('takes over a lock whose process is gone, though another has its number', async () => {
    fs.writeFileSync(
      join(dataDir, 'lock'),
      JSON.stringify({ pid: process.ppid, started: 'another boot/1', token: 'x' }),
    );
    await start();
    await running.pop()!.stop();
    fs.writeFileSync(join(dataDir, 'lock'), 'half a li');
    await start();
  });

  it.runIf(isRoot)('works for root in a directory that no other account can enter', async () => {
    const secret = join(base, 'private');
    fs.mkdirSync(secret, { mode: 0o700 });
    const server = await start({ dataDir: join(secret, 'data') });
    expect(await ask(server, 'select 1')).toBe(1);
    const owner = fs.statSync(join(secret, 'data', 'postgres')).uid;
    expect(owner).not.toBe(0);
  });

  interface Child {
    process: ChildProcess;
    serverPid: number;
    line(): Promise<string>;
  }

  /** An exchange as a process group of its own, ready. */
  async function startChild(): Promise<Child> {
    const child = spawn(process.execPath, ['--import', 'tsx', CHILD, dataDir], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const line = async () => (await lines.next()).value as string;
    const ready = await line();
    return { process: child, serverPid: Number(ready.split(' ')[1]), line };
  }
});
