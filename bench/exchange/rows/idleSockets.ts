import { setTimeout as pause } from 'node:timers/promises';
import { type CpuUse, coresOf, openFilesMax, residentKiB, sample, used } from '../cpu.ts';
import { load } from '../load.ts';
import { count, cpuNote, percent, pick, type Row } from '../row.ts';

const SOCKETS = 10_000;
const ACCOUNTS = 20;
const KB_TARGET = 20;
const CPU_TARGET = 0.03;
/** Files that a process has open besides its sockets. */
const OTHER_FILES = 200;
/** Each socket is pinged when it has been silent for 30 s: two rounds. */
const LOOK_MS = 60_000;
const SETTLE_MS = 5_000;
/** What is collected goes back to the system a moment later. */
const GIVEN_BACK_MS = 1_000;

export const idleSockets: Row = {
  name: 'idleSockets',
  about: '10,000 idle authenticated sockets: memory of each, processor time of heartbeats for all',
  async run({ bed, scale, say }) {
    const accounts = await bed.tokens(pick(scale, ACCOUNTS, ACCOUNTS, 2));
    await bed.quiet();
    const wanted = pick(scale, SOCKETS, SOCKETS, 20);
    const sockets = Math.min(wanted, openFilesMax() - OTHER_FILES);
    const tokens = Array.from({ length: sockets }, (_, i) => accounts[i % accounts.length]);
    const memory = async (): Promise<{ heap: number; resident: number }> => {
      const heap = await bed.exchange.heapBytes();
      await pause(GIVEN_BACK_MS);
      return { heap, resident: residentKiB(bed.exchange.pid) * 1_024 };
    };
    const before = await memory();
    const quietFrom = sample(bed.watched);
    await pause(pick(scale, 10_000, 5_000, 100));
    const idle = used(quietFrom, sample(bed.watched));
    let after = before;
    let cpu: CpuUse = {};
    const look = pick(scale, LOOK_MS, 35_000, 200);
    say(`holding ${count(sockets)} sockets for ${Math.round(look / 1_000)} s`);
    const { result } = await load(
      { kind: 'hold', target: { url: bed.exchange.url, tokens } },
      [],
      async (generator) => {
        await pause(pick(scale, SETTLE_MS, SETTLE_MS, 100));
        const all = [...bed.watched, { label: 'generator', pid: generator.pid, mainThread: 'generator' }];
        const from = sample(all);
        await pause(look);
        cpu = used(from, sample(all));
        after = await memory();
        generator.enough();
      },
    );
    // Resident memory that was free before is used first, so the growth of the heap may be the larger one.
    const heap = (after.heap - before.heap) / sockets / 1_000;
    const resident = (after.resident - before.resident) / sockets / 1_000;
    const each = Math.max(heap, resident);
    const heartbeats = Math.max(0, coresOf(cpu, 'exchange') - coresOf(idle, 'exchange'));
    await bed.quiet();
    return {
      what: `${count(sockets)} idle authenticated sockets`,
      measured: `${each.toFixed(1)} kB each, heartbeats ${percent(heartbeats)} of a core`,
      baseline: `without them ${percent(coresOf(idle, 'exchange'))} of a core`,
      ratio: '',
      target: `≤ ${KB_TARGET} kB, ≤ ${percent(CPU_TARGET)}`,
      met: each <= KB_TARGET && heartbeats <= CPU_TARGET,
      notes: [
        ...(sockets < wanted
          ? [`only ${sockets} sockets: the limit of open files (ulimit -n) is ${openFilesMax()}`]
          : []),
        `the larger of the growth of the heap after a collection, ${heap.toFixed(1)} kB each, and of resident memory, ${resident.toFixed(1)} kB each (the kernel’s own is not in it); ${accounts.length} accounts; ${count(result.pings)} pings answered, ${result.lost} sockets lost`,
        cpuNote('while they are open', cpu),
      ],
      data: { sockets, before, after, kB: each, heartbeats, cpu, idle, ...result },
    };
  },
};
