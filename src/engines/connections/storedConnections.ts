import type { Reader, Writer } from '../snapshotBytes.ts';
import type { State } from '../state.ts';

/** How accounts' orders are bound to their connections, in a snapshot; only those of which there is anything to remember. */
export function writeConnections(out: Writer, state: State): void {
  const all = state.connections.all();
  out.number(all.length);
  for (const connections of all) out.numbers(...connections.values());
}

export function readConnections(input: Reader, state: State): void {
  for (let left = input.number(); left > 0; left--) {
    const connections = state.connections.of(input.number());
    connections.restore(input.flag(), input.number(), input.number());
    state.connections.setCancelAt(connections, input.number());
  }
}
