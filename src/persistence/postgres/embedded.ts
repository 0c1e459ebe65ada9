import { chmodSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeDataDirectory } from '../dataDirectory.ts';
import { isRoot } from './account.ts';
import { type Binaries, packagedBinaries } from './binaries.ts';
import { CLUSTER_USER, type Cluster, openCluster } from './cluster.ts';
import { connect } from './connect.ts';
import { lockDirectory } from './directoryLock.ts';
import { type Postmaster, startPostmaster, stopOrphan, stopPostmaster } from './postmaster.ts';
import { signalServer } from './processes.ts';

export interface EmbeddedOptions {
  /** Holds everything: the cluster, its password, its log, the lock. Made when absent. */
  dataDir: string;
  /** One line for whoever waits for the start, and later for the log. */
  onProgress?: (text: string) => void;
  /** Called once when the server cannot be kept running any more. */
  onDown?: (error: Error) => void;
  /** Another installation than the packaged one. */
  binaries?: Binaries;
  /** Server settings on top of ours. */
  settings?: Record<string, string>;
}

/** A PostgreSQL that belongs to this process. It is started anew, on the same port, when it ends unexpectedly. */
export interface EmbeddedPostgres {
  /** Superuser's connection URL of the database `brier`; holds the password. */
  readonly url: string;
  readonly port: number;
  /** Process id of the present postmaster. */
  readonly pid: number;
  /**
   * Shuts the server down and frees the directory. Never hangs: fast, then immediate, then by force. `immediate` begins
   * with the second: nothing committed is lost, but the next start has to recover.
   */
  stop(options?: { immediate?: boolean }): Promise<void>;
}

/** A port that was free a moment ago may be taken when the server binds it. */
const PORT_ATTEMPTS_MAX = 5;
/** More unexpected ends than this within the window, and the server is given up: `onDown` tells. */
const RESTARTS_MAX = 10;
const RESTART_WINDOW_MS = 60_000;
const RESTART_PAUSE_MS = 200;

/**
 * Starts the embedded PostgreSQL in `<dataDir>/postgres`. Rejects with an Error: a directory in use by another
 * exchange, no binaries for this platform, or the server's last log lines.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const onProgress = options.onProgress ?? (() => {});
  makeDataDirectory(dataDir);
  // The server's account has to pass through; it can read nothing more by that.
  if (isRoot()) chmodSync(dataDir, (statSync(dataDir).mode & 0o7777) | 0o011);
  const lock = lockDirectory(dataDir);
  try {
    const cluster = await openCluster(dataDir, options.binaries ?? packagedBinaries(), onProgress);
    await stopOrphan(cluster, onProgress);
    const postmaster = await startOnFreePort(cluster, options.settings ?? {}, onProgress);
    const supervised = new SupervisedPostgres(cluster, postmaster, options, () => lock.release());
    await supervised.createDatabase();
    onProgress(`PostgreSQL is ready on 127.0.0.1:${postmaster.port}`);
    return supervised;
  } catch (error) {
    lock.release();
    throw error;
  }
}

class SupervisedPostgres implements EmbeddedPostgres {
  readonly port: number;
  #cluster: Cluster;
  #postmaster: Postmaster;
  #options: EmbeddedOptions;
  #onStopped: () => void;
  #stopping: Promise<void> | null = null;
  #restarting: Promise<void> = Promise.resolve();
  #restarts: number[] = [];
  /** An exit that nobody ordered (an uncaught error) should not leave the server behind. */
  #onExit = (): void => signalServer(this.#postmaster.pid, 'SIGINT', this.#cluster.binaries.pgCtl);

  constructor(cluster: Cluster, postmaster: Postmaster, options: EmbeddedOptions, onStopped: () => void) {
    this.port = postmaster.port;
    this.#cluster = cluster;
    this.#postmaster = postmaster;
    this.#options = options;
    this.#onStopped = onStopped;
    process.once('exit', this.#onExit);
    this.#watch(postmaster);
  }

  get pid(): number {
    return this.#postmaster.pid;
  }

  get url(): string {
    return this.#urlOf(CLUSTER_USER);
  }

  stop(options: { immediate?: boolean } = {}): Promise<void> {
    this.#stopping ??= this.#stop(options.immediate ?? false);
    return this.#stopping;
  }

  async createDatabase(): Promise<void> {
    const sql = connect(this.#urlOf('postgres'), { max: 1, applicationName: 'brier-start' });
    try {
      const found = await sql`select 1 from pg_database where datname = ${CLUSTER_USER}`;
      if (found.length === 0) await sql`create database ${sql(CLUSTER_USER)}`;
    } catch (error) {
      await this.stop();
      throw error;
    } finally {
      await sql.end({ timeout: 1 });
    }
  }

  async #stop(immediate: boolean): Promise<void> {
    try {
      await this.#restarting;
      await stopPostmaster(this.#cluster, this.#postmaster.pid, immediate);
    } finally {
      process.off('exit', this.#onExit);
      this.#onStopped();
    }
  }

  #watch(postmaster: Postmaster): void {
    void postmaster.ended.then((how) => {
      if (this.#stopping !== null) return;
      this.#restarting = this.#restart(how);
    });
  }

  async #restart(how: string): Promise<void> {
    const { onProgress = () => {}, onDown = () => {}, settings = {} } = this.#options;
    onProgress(`PostgreSQL ended unexpectedly (${how}): starting it again`);
    let last = how;
    while (this.#stopping === null) {
      const now = performance.now();
      this.#restarts = [...this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS), now];
      if (this.#restarts.length > RESTARTS_MAX) {
        onDown(new Error(`PostgreSQL ended ${RESTARTS_MAX} times within a minute: ${last}`));
        return;
      }
      try {
        await stopOrphan(this.#cluster, onProgress);
        this.#postmaster = await startPostmaster(this.#cluster, this.port, settings, onProgress);
        this.#watch(this.#postmaster);
        onProgress('PostgreSQL is ready again');
        return;
      } catch (error) {
        last = (error as Error).message;
        await delay(RESTART_PAUSE_MS);
      }
    }
  }

  #urlOf(database: string): string {
    return `postgres://${CLUSTER_USER}:${this.#cluster.password}@127.0.0.1:${this.port}/${database}`;
  }
}

async function startOnFreePort(
  cluster: Cluster,
  settings: Record<string, string>,
  onProgress: (text: string) => void,
): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startPostmaster(cluster, await freePort(), settings, onProgress);
    } catch (error) {
      if (attempt === PORT_ATTEMPTS_MAX || !/could not bind/i.test((error as Error).message)) throw error;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolvePort(port));
    });
  });
}
