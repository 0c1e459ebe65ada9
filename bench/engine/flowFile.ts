import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { COMMAND_WORDS, type FlowCommands } from './flow.ts';

/** Six int32 before the commands, in the machine’s byte order: `ladder.cpp` reads the same file. */
const HEADER_WORDS = 6;

/** A flow is made once and read by every process that runs it. */
export function writeFlow(path: string, flow: FlowCommands, seed: number): void {
  const file = openSync(path, 'w');
  writeSync(file, Int32Array.of(flow.markets, flow.ticks, flow.prefill, flow.count, flow.orders, seed));
  writeSync(file, flow.commands);
  closeSync(file);
}

/** The first `count` commands after the prefill. */
export function readFlow(path: string, count: number): FlowCommands {
  const file = openSync(path, 'r');
  const header = new Int32Array(HEADER_WORDS);
  readSync(file, header);
  const [markets = 0, ticks = 0, prefill = 0, , orders = 0] = header;
  const commands = new Int32Array((prefill + count) * COMMAND_WORDS);
  const read = readSync(file, commands);
  closeSync(file);
  if (read !== commands.byteLength) throw new Error(`${path} is shorter than ${count} commands`);
  return { markets, ticks, prefill, count, orders, commands };
}
