import { writeFileSync } from 'node:fs';

/** Names the calling thread as the system’s tools show it (`top -H`, /proc); where there is no /proc it stays as it is. */
export function nameThread(name: string): void {
  try {
    writeFileSync('/proc/thread-self/comm', name);
  } catch {
    // Another system, or one that does not let us: only who looks at threads misses it.
  }
}
