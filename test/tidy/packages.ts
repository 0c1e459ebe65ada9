export interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

const EXACT = /^(?:npm:(?:@[\w.-]+\/)?[\w.-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/;
/** A package from a repository is exact when it names a commit: tags can be moved. The commit is its hash. */
const COMMIT = /^[\w+:/.@-]+#[0-9a-f]{40}$/;

/** An install gives everybody the same code: versions are exact. */
export function exactVersions({ dependencies, devDependencies, overrides = {} }: Manifest): string[] {
  return Object.entries({ ...dependencies, ...devDependencies, ...overrides })
    .filter(([, version]) => !EXACT.test(version) && !COMMIT.test(version))
    .map(([name, version]) => `${name}: '${version}' is not an exact version`);
}

/** The lockfile says what, with a hash, and leaves where to the one who installs. */
export function portableLockfile({ packages }: Lockfile): string[] {
  return Object.entries(packages).flatMap(([path, { resolved, integrity }]) => {
    if (path === '' || COMMIT.test(resolved ?? '')) return [];
    return [
      ...(resolved === undefined ? [] : [`${path}: names the host '${resolved}'`]),
      ...(integrity === undefined ? [`${path}: has no integrity hash`] : []),
    ];
  });
}

/** `npm ci` refuses a lockfile that says something else than package.json. */
export function lockfileInStep(manifest: Manifest, { packages }: Lockfile): string[] {
  const locked = packages[''];
  return (['dependencies', 'devDependencies'] as const)
    .filter((kind) => JSON.stringify(sorted(manifest[kind])) !== JSON.stringify(sorted(locked?.[kind] ?? {})))
    .map((kind) => `package-lock.json: its ${kind} differ from those of package.json`);
}

/** Every install script is allowed or refused by name: newer npm versions ask otherwise. */
export function decidedScripts({ allowScripts = {} }: Manifest, { packages }: Lockfile): string[] {
  const withScript = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  return [
    ...withScript.filter((name) => allowScripts[name] === undefined).map((name) => `${name}: not in allowScripts`),
    ...Object.keys(allowScripts)
      .filter((name) => !withScript.includes(name))
      .map((name) => `${name}: in allowScripts, but has no install script`),
  ];
}

function sorted(record: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}
