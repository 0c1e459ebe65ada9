import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';

/** True while a process of this id runs. A zombie, which only waits to be reaped, does not count. */
export function isAlive(pid: number): boolean {
  return isKnown(pid) && (process.platform !== 'linux' || linuxStat(pid)?.state !== 'Z');
}

/** True while the system knows a process of this id, be it a zombie: that is all that PostgreSQL asks for. */
export function isKnown(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * What tells a process from a later one that got the same id: the boot and the tick it started in. Null where the
 * platform does not say (then only the id itself is compared).
 */
export function startMark(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  const stat = linuxStat(pid);
  if (stat === null) return null;
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  return `${boot}/${stat.startTicks}`;
}

/** True when `pid` is a PostgreSQL process that works on the cluster in `clusterDir`. */
export function isServerOf(pid: number, clusterDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform === 'linux') {
    return workingDirectory(pid) === realpathSync(clusterDir) && readText(`/proc/${pid}/comm`)?.trim() === 'postgres';
  }
  try {
    if (process.platform === 'win32') {
      const row = execFileSync('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'], { encoding: 'utf8' });
      return row.includes('postgres.exe');
    }
    const command = execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
    return command.includes('postgres') && command.includes(clusterDir);
  } catch {
    return false;
  }
}

/**
 * The PostgreSQL processes that work in `clusterDir`: backends outlive a killed postmaster for a moment. Null where the
 * platform cannot tell.
 */
export function serversIn(clusterDir: string): number[] | null {
  if (process.platform !== 'linux') return null;
  const real = realpathSync(clusterDir);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => workingDirectory(pid) === real && isAlive(pid));
}

/** Sends PostgreSQL a shutdown signal. On Windows there are no signals: pg_ctl speaks to the server's pipe instead. */
export function signalServer(pid: number, signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL', pgCtl: string): void {
  if (process.platform === 'win32' && signal !== 'SIGKILL') {
    spawnSync(pgCtl, ['kill', signal.slice(3), String(pid)], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function workingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function linuxStat(pid: number): { state: string; startTicks: string } | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The command name is in parentheses and may hold spaces, so fields are counted from its end (field 3 comes next).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', startTicks: fields[19] ?? '' };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
