import { writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** As the follower’s own thread. */
const NICE = 10;

/**
 * Lets a server process of ours, which writes what may be late, leave the processors to those that somebody waits for. Its
 * session has a share of its own on Linux (autogroup), which `nice` alone does not change.
 */
export function putInBackground(pid: number): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(pid, NICE);
    writeFileSync(`/proc/${pid}/autogroup`, String(NICE));
  } catch {
    // A kernel without autogroups, or a process that has ended: it goes on as it was.
  }
}
