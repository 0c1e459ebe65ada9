import { execFile } from 'node:child_process';
import { readlinkSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';

/** Where SCHED_IDLE is not to be had. */
const NICE = 10;

/**
 * Background: what may be late has the processors only while nobody else wants them (SCHED_IDLE). A low priority alone is not
 * enough: whoever is woken waits for the end of the other’s slice, some milliseconds, at every step from socket to disk and
 * back. Node has no call for it; `chrt` is part of util-linux. Linux only: elsewhere everything stays as it is.
 */
export function putThreadInBackground(): void {
  if (process.platform !== 'linux') return;
  try {
    yieldAlways(Number(basename(readlinkSync('/proc/thread-self'))));
  } catch {
    // No /proc.
  }
}

/** As {@link putThreadInBackground}, of a process of the embedded server: a session of its own. */
export function putProcessInBackground(pid: number): void {
  if (process.platform !== 'linux') return;
  try {
    yieldAlways(pid);
    // Its session has a share of its own (autogroup), which its priority alone does not change.
    writeFileSync(`/proc/${pid}/autogroup`, String(NICE));
  } catch {
    // A kernel without autogroups, or a process that has ended.
  }
}

/** `id`: of a process or a thread. */
function yieldAlways(id: number): void {
  setPriority(id, NICE);
  execFile('chrt', ['--idle', '--pid', '0', String(id)], () => {
    // Without `chrt` it stays at the low priority.
  });
}
