import { existsSync, readFileSync } from 'node:fs';
import { Decimal } from 'decimal.js';

/** Reference numbers live beside the project, not in it; without them these tests are skipped. */
const folder = new URL('../../../shared/math/', import.meta.url);
export const hasVectors = existsSync(folder);
export const readVectors = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as T;

/** decimal.js with room for the fifty digits of the vectors. */
export const Exact = Decimal.clone({ defaults: true, precision: 120 });

/** A price as the integer of millionths that it is. */
export const millionths = (text: string): number => Math.round(Number(text) * 1e6);

/** Shares as the integer of units that it is; `unitsPerShare` a power of ten that leaves no fraction. */
export function inUnits(shares: string, unitsPerShare: number): number {
  const units = new Exact(shares).times(unitsPerShare);
  if (!units.isInteger()) throw new Error(`${shares} shares are no whole number of units`);
  return units.toNumber();
}

/** The same data, and which of its leaves nobody has read yet. */
export function tracked<T extends object>(data: T): { data: T; unread: () => string[] } {
  const read = new Set<string>();
  const wrap = <U extends object>(value: U, path: string): U =>
    new Proxy(value, {
      get: (target, key) => {
        const found: unknown = Reflect.get(target, key);
        if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return found;
        const at = `${path}/${key}`;
        if (typeof found === 'object' && found !== null) return wrap(found, at);
        read.add(at);
        return found;
      },
    });
  const leaves = (value: object, path: string): string[] =>
    Object.entries(value).flatMap(([key, found]: [string, unknown]) =>
      typeof found === 'object' && found !== null ? leaves(found, `${path}/${key}`) : [`${path}/${key}`],
    );
  return { data: wrap(data, ''), unread: () => leaves(data, '').filter((leaf) => !read.has(leaf)) };
}
