import { type SourceFile, violation } from './files.ts';
import { importsOf, packageOf, targetOf } from './imports.ts';

interface Layer {
  /** Layers that it may import. */
  readonly from: readonly string[];
  /** The only packages that it may import, Node's own included; where missing, any. */
  readonly packages?: RegExp;
}

/** `config` stands for the files directly in src, except main.ts; `process` for the parts that main.ts is made of. */
const LAYERS: Readonly<Record<string, Layer>> = {
  protocol: { from: [], packages: /^zod$/ },
  engines: { from: ['protocol'], packages: /^decimal\.js$/ },
  sdk: { from: ['protocol'], packages: /^(?:zod$|node:)/ },
  config: { from: ['protocol'] },
  persistence: { from: ['protocol', 'engines', 'config'] },
  jobs: { from: ['protocol', 'engines', 'config', 'persistence'] },
  gateway: { from: ['protocol', 'engines', 'config', 'persistence'] },
  process: { from: ['protocol', 'engines', 'config', 'persistence', 'jobs', 'gateway'] },
};

/** Where everything is wired together: the roots of the process's threads. */
const WIRING = /^src\/(?:main\.ts$|workers\/[^/]+\.ts$)/;

function layerOf(path: string): string {
  const [, first = '', ...rest] = path.split('/');
  return rest.length > 0 ? first : 'config';
}

/** Imports follow the direction of the layers; only the wiring imports everything, and nothing imports the wiring. */
export function importDirection(files: readonly SourceFile[]): string[] {
  return files.filter(({ path }) => !WIRING.test(path)).flatMap(layerViolations);
}

function layerViolations(file: SourceFile): string[] {
  const own = layerOf(file.path);
  const layer = LAYERS[own];
  if (!layer) return [`${file.path}:1: 'src/${own}' is no layer: give it a place in the table of layers`];
  return importsOf(file).flatMap((found) => {
    const target = targetOf(file, found);
    if (target === undefined) {
      if (!layer.packages || layer.packages.test(packageOf(found) ?? found.specifier)) return [];
      return [violation(file, found.offset, `${own} may not import '${found.specifier}'`)];
    }
    if (!target.startsWith('src/')) return [violation(file, found.offset, `'${found.specifier}' is outside src`)];
    if (WIRING.test(target)) return [violation(file, found.offset, `nothing imports '${target}'`)];
    const other = layerOf(target);
    if (other === own || layer.from.includes(other)) return [];
    return [violation(file, found.offset, `${own} may not import ${other}`)];
  });
}
