import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
};

const SHOWN = 25;
/** Threads that sleep: in the loop of Node, or in the ring between threads. */
const ASLEEP = /^\(idle\)|^wait {2}loop\/ring\.js/;

/** The functions in which each thread of a profiled process spent its time awake, by their own part; of profiles written since. */
export function hottest(folder: string, since: number): string {
  const files = readdirSync(folder).filter(
    (name) => name.endsWith('.cpuprofile') && statSync(join(folder, name)).mtimeMs >= since,
  );
  return files
    .map((name) => {
      const { total, functions } = ownTimes(JSON.parse(readFileSync(join(folder, name), 'utf8')) as Profile);
      const busiest = [...functions].sort(([, a], [, b]) => b - a).slice(0, SHOWN);
      const lines = busiest.map(([where, time]) => `${((time / total) * 100).toFixed(1).padStart(6)} %  ${where}`);
      return `\n${join(folder, name)}: ${(total / 1e6).toFixed(1)} s awake\n${lines.join('\n')}\n`;
    })
    .join('');
}

function ownTimes({ nodes, samples, timeDeltas }: Profile): { total: number; functions: Map<string, number> } {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const file = url.slice(url.lastIndexOf('/', url.lastIndexOf('/') - 1) + 1);
      return [id, `${functionName || '(anonymous)'}  ${url === '' ? '' : `${file}:${lineNumber + 1}`}`];
    }),
  );
  const functions = new Map<string, number>();
  let total = 0;
  for (const [i, node] of samples.entries()) {
    const time = timeDeltas[i] ?? 0;
    const name = names.get(node) ?? '?';
    if (ASLEEP.test(name)) continue;
    functions.set(name, (functions.get(name) ?? 0) + time);
    total += time;
  }
  return { total, functions };
}
