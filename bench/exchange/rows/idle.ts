import { setTimeout as pause } from 'node:timers/promises';
import { coresOf, sample, used } from '../cpu.ts';
import { cpuNote, percent, pick, type Row } from '../row.ts';

const TARGET = 0.01;
/** Some ten seconds after a start JavaScript’s collector goes through what the start has left: a server of a minute does not. */
const SETTLE_MS = 20_000;

export const idle: Row = {
  name: 'idle',
  about: 'processor time of a server that nobody talks to',
  async run({ bed, scale }) {
    await pause(pick(scale, SETTLE_MS, SETTLE_MS, 0));
    await bed.quiet();
    const from = sample(bed.watched);
    await pause(pick(scale, 30_000, 10_000, 200));
    const cpu = used(from, sample(bed.watched));
    const cores = coresOf(cpu, 'exchange');
    return {
      what: 'idle server',
      measured: `${percent(cores)} of a core`,
      baseline: '',
      ratio: '',
      target: `< ${percent(TARGET)}`,
      met: cores < TARGET,
      notes: [cpuNote('idle', cpu)],
      data: { cores, cpu },
    };
  },
};
