import type { Latency } from '../percentiles.ts';
import type { Bed } from './bed.ts';
import { type CpuUse, cpuLine } from './cpu.ts';

/** How much of everything: a whole run, one to look at, or one that only shows that it runs. */
export type Scale = 'full' | 'quick' | 'tiny';
export type RowContext = {
  bed: Bed;
  scale: Scale;
  /** Of this row’s measurements that the middle is told of. */
  repeats: number;
  say(text: string): void;
};

/** One line of the table, and what stands below it. */
export type RowResult = {
  what: string;
  measured: string;
  baseline: string;
  ratio: string;
  target: string;
  /** Whether it was reached; undefined: there is none. */
  met: boolean | undefined;
  notes: string[];
  /** Every number, for `--json`. */
  data: object;
};
export type Row = {
  name: string;
  about: string;
  /** Only when it is asked for by name. */
  onDemand?: true;
  run(context: RowContext): Promise<RowResult>;
};

export const pick = <T>(scale: Scale, full: T, quick: T, tiny: T): T =>
  scale === 'full' ? full : scale === 'quick' ? quick : tiny;

export const count = (value: number): string => Math.round(value).toLocaleString('en');
export const ms = (value: number): string => value.toFixed(2);
export const msOf = ({ p50, p99, p999 }: Latency): string => `${ms(p50)} / ${ms(p99)} / ${ms(p999)} ms`;
export const percent = (part: number): string => `${(part * 100).toFixed(1)} %`;
/** Too short a measurement has no ratio: nothing was used of the processor. */
export const fixed = (value: number): string => (Number.isFinite(value) ? value.toFixed(2) : '–');
export const times = (ratio: number): string => `${fixed(ratio)} ×`;
export const cpuNote = (of: string, use: CpuUse): string => `cores, ${of}: ${cpuLine(use)}`;

/** `none`, or how many of each code. */
export const refusals = (refused: Readonly<Record<string, number>>): string =>
  Object.entries(refused)
    .map(([code, times]) => `${count(times)} ${code}`)
    .join(', ') || 'none';

const BUSY = 0.9;
/** Who had no more to give: the generator is one thread, and so is the gateway. */
export function boundBy(use: CpuUse): string {
  if ((use['generator/generator'] ?? 0) > BUSY) return 'the generator';
  if ((use['exchange/gateway'] ?? 0) > BUSY) return 'the gateway';
  if ((use['exchange/engine'] ?? 0) > BUSY) return 'the engine';
  return 'no single thread';
}
