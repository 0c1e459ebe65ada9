import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { launch } from './account.ts';
import { type Cluster, serverEnvironment } from './cluster.ts';
import { isAlive, isKnown, isServerOf, serversIn, signalServer } from './processes.ts';
import { serverSettings, settingArguments } from './settings.ts';

/** A running postmaster that this process started. */
export interface Postmaster {
  pid: number;
  port: number;
  /** Resolves when it has ended, however that came. */
  ended: Promise<string>;
}

const POLL_MS = 10;
/** Crash recovery replays at most `max_wal_size` of log; a start that takes longer than this has failed. */
const START_TIMEOUT_MS = 300_000;
const PROGRESS_EVERY_MS = 5_000;
/** Fast shutdown writes a checkpoint; then an immediate one, which the next start recovers from. */
const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;
const LOG_BYTES_MAX = 16 * 1024 * 1024;
const LOG_LINES_SHOWN = 15;

/** Starts the server on `port` and resolves when it accepts connections. Rejects with the server's last log lines. */
export async function startPostmaster(
  cluster: Cluster,
  port: number,
  overrides: Record<string, string>,
  onProgress: (text: string) => void,
): Promise<Postmaster> {
  if (existsSync(cluster.logFile) && statSync(cluster.logFile).size > LOG_BYTES_MAX) {
    renameSync(cluster.logFile, `${cluster.logFile}.1`);
  }
  // A file, not a pipe: a server that outlives us must not block or fail on its log.
  const log = openSync(cluster.logFile, 'a', 0o600);
  const logStart = statSync(cluster.logFile).size;
  const settings = { ...serverSettings(port), ...overrides };
  const args = ['-D', cluster.clusterDir, ...settingArguments(settings)];
  const run = launch(cluster.account, cluster.binaries, cluster.dataDir, cluster.binaries.postgres, args);
  const child = spawn(run.file, run.args, {
    ...run.identity,
    cwd: cluster.dataDir,
    env: serverEnvironment(),
    // A session of its own: Ctrl-C reaches the whole process group, and the server must stay until we have drained.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  const ended = endOf(child);
  let endedWith: string | undefined;
  void ended.then((how) => {
    endedWith = how;
  });

  const began = performance.now();
  let reported = began;
  while (!isReady(cluster.clusterDir, child.pid)) {
    if (endedWith !== undefined) {
      throw new Error(`PostgreSQL did not start: ${endedWith}\n${lastLines(cluster.logFile, logStart)}`);
    }
    const now = performance.now();
    if (now - began > START_TIMEOUT_MS) {
      if (child.pid !== undefined) await stopPostmaster(cluster, child.pid);
      throw new Error(
        `PostgreSQL was not ready after ${START_TIMEOUT_MS / 1000} s\n${lastLines(cluster.logFile, logStart)}`,
      );
    }
    if (now - reported > PROGRESS_EVERY_MS) {
      reported = now;
      onProgress(`PostgreSQL is still starting (recovering after a crash): ${Math.round((now - began) / 1000)} s`);
    }
    await delay(POLL_MS);
  }
  return { pid: child.pid!, port, ended };
}

/** Stops the server of `pid`: fast, then immediate, then by force. Resolves when it is gone; never hangs. */
export async function stopPostmaster(cluster: Cluster, pid: number, immediate = false): Promise<void> {
  const { pgCtl } = cluster.binaries;
  if (!immediate) {
    signalServer(pid, 'SIGINT', pgCtl);
    if (await isGone(pid, FAST_STOP_MS)) return;
  }
  signalServer(pid, 'SIGQUIT', pgCtl);
  if (await isGone(pid, IMMEDIATE_STOP_MS)) return;
  signalServer(pid, 'SIGKILL', pgCtl);
  if (!(await isGone(pid, IMMEDIATE_STOP_MS))) throw new Error(`PostgreSQL (process ${pid}) does not end`);
}

/**
 * Clears away what an earlier exchange left, called with the directory's lock held:
 * a server that outlived a killed exchange is stopped, and a pid file whose number now belongs to something else, or to
 * a zombie that nobody reaps (both common in containers), is removed: PostgreSQL would take either for a running server.
 */
export async function stopOrphan(cluster: Cluster, onProgress: (text: string) => void): Promise<void> {
  const pidFile = join(cluster.clusterDir, 'postmaster.pid');
  const pid = readPid(pidFile);
  if (pid !== null && isServerOf(pid, cluster.clusterDir)) {
    onProgress(`Stopping the PostgreSQL that a killed exchange left running (process ${pid})`);
    await stopPostmaster(cluster, pid);
  }
  // Backends of a killed postmaster end by themselves within moments; none may be left when a new one starts.
  const deadline = performance.now() + IMMEDIATE_STOP_MS;
  let left = serversIn(cluster.clusterDir);
  while (left !== null && left.length > 0 && performance.now() < deadline) {
    await delay(POLL_MS);
    left = serversIn(cluster.clusterDir);
  }
  if (left !== null && left.length > 0) {
    throw new Error(`Processes ${left.join(', ')} still work in ${cluster.clusterDir}; end them and start again`);
  }
  if (left !== null && pid !== null && isKnown(pid)) rmSync(pidFile, { force: true });
}

/** The server writes its state into line 8 of postmaster.pid; pg_ctl waits for the same line. */
function isReady(clusterDir: string, pid: number | undefined): boolean {
  const lines = pidFileLines(join(clusterDir, 'postmaster.pid'));
  return pid !== undefined && lines[0] === String(pid) && lines[7] === 'ready';
}

function readPid(pidFile: string): number | null {
  const pid = Number(pidFileLines(pidFile)[0]);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
}

function pidFileLines(pidFile: string): string[] {
  try {
    return readFileSync(pidFile, 'utf8')
      .split('\n')
      .map((line) => line.trim());
  } catch {
    return [];
  }
}

async function isGone(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`));
  });
}

function lastLines(logFile: string, from: number): string {
  const fresh = readFileSync(logFile).subarray(from).toString('utf8').trimEnd();
  return fresh.split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}
