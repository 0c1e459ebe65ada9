import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** How to get it: the versions and hashes of all its sources are in loadtest/k6/go.sum. */
export const HOW_TO_INSTALL =
  'k6 is not here: install Go 1.25 or later, then run: go install -C loadtest/k6 go.k6.io/k6/v2 (it goes to ~/go/bin)';

/** Scripts in TypeScript and `k6/websockets` came with version 1; these scenarios are written for 2. */
const MAJOR_MIN = 2;

export interface K6 {
  path: string;
  /** `v2.2.0`. */
  version: string;
}

/** The k6 of $K6, of PATH or of ~/go/bin that is new enough; undefined without one. */
export function findK6(env: NodeJS.ProcessEnv): K6 | undefined {
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    env.GOBIN ?? '',
    join(env.GOPATH ?? join(homedir(), 'go'), 'bin'),
  ];
  const paths = env.K6 ? [env.K6] : folders.filter((folder) => folder !== '').map((folder) => join(folder, 'k6'));
  for (const path of paths) {
    if (!isProgram(path)) continue;
    const { stdout } = spawnSync(path, ['version'], { encoding: 'utf8', timeout: 30_000 });
    const version = /\bv(\d+)\.\d+\.\d+\S*/.exec(stdout ?? '');
    if (version !== null && Number(version[1]) >= MAJOR_MIN) return { path, version: version[0] };
  }
  return undefined;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
