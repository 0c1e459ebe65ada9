import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { isRoot, launch, postgresAccount, type ServerAccount } from './account.ts';
import type { Binaries } from './binaries.ts';

/** Where the embedded server keeps what, and who runs it. */
export interface Cluster {
  dataDir: string;
  /** PostgreSQL's own directory (PGDATA). */
  clusterDir: string;
  logFile: string;
  password: string;
  binaries: Binaries;
  /** Null: as ourselves. */
  account: ServerAccount | null;
}

/** The superuser and the database of the embedded cluster. */
export const CLUSTER_USER = 'brier';

const PASSWORD_BYTES = 32;
const INITDB_PREFIX = 'postgres.initdb-';

/**
 * The cluster in `<dataDir>/postgres`, made on first use. It is initialised under another name and renamed when
 * complete, so a crash in between leaves nothing that a later start could take for a cluster.
 *
 * Throws an Error with one clear line where the directory cannot be used.
 */
export async function openCluster(
  dataDir: string,
  binaries: Binaries,
  onProgress: (text: string) => void,
): Promise<Cluster> {
  const clusterDir = join(dataDir, 'postgres');
  const exists = fs.existsSync(join(clusterDir, 'PG_VERSION'));
  const passwordFile = join(dataDir, 'postgres.password');
  const cluster: Cluster = {
    dataDir,
    clusterDir,
    logFile: join(dataDir, 'postgres.log'),
    password: exists ? readPassword(passwordFile) : makePassword(passwordFile),
    binaries,
    account: exists ? accountOf(clusterDir) : isRoot() ? postgresAccount() : null,
  };
  removeUnfinished(dataDir);
  if (exists) {
    await checkVersion(cluster);
  } else {
    onProgress(`Making a PostgreSQL cluster in ${clusterDir}`);
    await initialise(cluster);
  }
  return cluster;
}

/** The environment of the server's programs: ours without PG… variables, which would override arguments. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C' };
}

async function initialise(cluster: Cluster): Promise<void> {
  const draftDir = fs.mkdtempSync(join(cluster.dataDir, INITDB_PREFIX));
  const pwfile = `${draftDir}.pw`;
  fs.writeFileSync(pwfile, `${cluster.password}\n`, { mode: 0o600 });
  try {
    if (cluster.account !== null) {
      fs.chownSync(draftDir, cluster.account.uid, cluster.account.gid);
      fs.chownSync(pwfile, cluster.account.uid, cluster.account.gid);
    }
    const output = await run(cluster, cluster.binaries.initdb, [
      `--pgdata=${draftDir}`,
      `--username=${CLUSTER_USER}`,
      `--pwfile=${pwfile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--data-checksums',
      '--no-instructions',
    ]);
    if (output.code !== 0) throw new Error(`initdb failed (${output.code}):\n${output.text.trimEnd()}`);
    fs.renameSync(draftDir, cluster.clusterDir);
    syncDirectory(cluster.dataDir);
  } finally {
    fs.rmSync(pwfile, { force: true });
    fs.rmSync(draftDir, { recursive: true, force: true });
  }
}

/** What a killed start left behind. Its initdb may still be writing: then a later start removes the rest. */
function removeUnfinished(dataDir: string): void {
  for (const name of fs.readdirSync(dataDir)) {
    if (!name.startsWith(INITDB_PREFIX)) continue;
    try {
      fs.rmSync(join(dataDir, name), { recursive: true, force: true });
    } catch {
      // Harmless: no start looks at it.
    }
  }
}

async function checkVersion(cluster: Cluster): Promise<void> {
  const made = fs.readFileSync(join(cluster.clusterDir, 'PG_VERSION'), 'utf8').trim();
  const { text } = await run(cluster, cluster.binaries.postgres, ['--version']);
  const have = /(\d+)/.exec(text)?.[1];
  if (have !== undefined && have !== made) {
    throw new Error(
      `The cluster in ${cluster.clusterDir} was made by PostgreSQL ${made}, and this release brings ${have}. ` +
        `Dump it with the release that made it and restore it here, or run a PostgreSQL ${made} on it (DATABASE_URL).`,
    );
  }
}

function accountOf(clusterDir: string): ServerAccount | null {
  const { uid, gid } = fs.statSync(clusterDir);
  if (isRoot()) return uid === 0 ? postgresAccount() : { uid, gid };
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(
      `The cluster in ${clusterDir} belongs to user ${uid} (it was made when Brier was started by root or another ` +
        'user). Start as that user, or give it to the present one with chown -R.',
    );
  }
  return null;
}

function readPassword(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Error(`The password of the embedded PostgreSQL cannot be read: ${(error as Error).message}`);
  }
}

function makePassword(path: string): string {
  if (fs.existsSync(path)) return readPassword(path);
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const draft = `${path}.${process.pid}`;
  const file = fs.openSync(draft, 'w', 0o600);
  fs.writeSync(file, `${password}\n`);
  fs.fsyncSync(file);
  fs.closeSync(file);
  fs.renameSync(draft, path);
  return password;
}

function syncDirectory(path: string): void {
  if (process.platform === 'win32') return; // Windows cannot open a directory to flush it.
  const directory = fs.openSync(path, 'r');
  fs.fsyncSync(directory);
  fs.closeSync(directory);
}

function run(cluster: Cluster, program: string, args: string[]): Promise<{ code: number | string; text: string }> {
  const { file, args: fullArgs, identity } = launch(cluster.account, cluster.binaries, cluster.dataDir, program, args);
  return new Promise((resolve, reject) => {
    // Detached like the server: Ctrl-C must not leave half a cluster while the parent still means to finish.
    const child = spawn(file, fullArgs, {
      ...identity,
      cwd: cluster.dataDir,
      env: serverEnvironment(),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', (error) => reject(new Error(`${program} cannot be run: ${error.message}`)));
    child.on('close', (code, signal) => resolve({ code: code ?? signal ?? 'unknown', text }));
  });
}
