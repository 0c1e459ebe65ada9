import type { CpuSampler } from './cpu.ts';
import type { K6Result } from './k6Run.ts';
import type { Series } from './series.ts';

const TERMINAL_MS = 1000;
/** When there is something to show for the first time. */
const FIRST_MS = 2500;
/** Where nobody watches, a line now and then is enough. */
const LINE_MS = 5000;

/** What happens, on stderr: a line that redraws itself on a terminal, lines elsewhere. */
export class Progress {
  readonly #out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;

  constructor(out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr) {
    this.#out = out;
  }

  note(text: string): void {
    this.#out.write(`${text}\n`);
  }

  /** One step, and how long it took. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    this.#out.write(`${what} … `);
    const result = await work();
    this.#out.write(`${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    return result;
  }

  /** Shows the load until k6 has ended. */
  async watch(run: { series: Series; cpu: CpuSampler; ended: Promise<K6Result>; seconds: number }): Promise<K6Result> {
    const begun = performance.now();
    const show = (): void => {
      const line = `${Math.round((performance.now() - begun) / 1000)}/${run.seconds} s  ${loadText(run.series, run.cpu)}`;
      this.#out.write(this.#out.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    };
    const first = setTimeout(show, FIRST_MS);
    const timer = setInterval(show, this.#out.isTTY ? TERMINAL_MS : LINE_MS);
    try {
      return await run.ended;
    } finally {
      clearTimeout(first);
      clearInterval(timer);
      show();
      if (this.#out.isTTY) this.#out.write('\n');
    }
  }
}

function loadText(series: Series, cpu: CpuSampler): string {
  const second = series.latest;
  const cores = cpu.latest;
  if (second === undefined) return 'connecting';
  const { sent, messages, p50Ms, p99Ms, faults, failed } = second;
  const load = `${sent} requests/s  p50 ${p50Ms.toFixed(1)} ms  p99 ${p99Ms.toFixed(1)} ms  ${messages} messages/s`;
  const wrong = faults + failed > 0 ? `  ${faults} FAULTS  ${failed} failed` : '';
  if (cores === undefined) return `${load}${wrong}`;
  const busy = (part: number): string => `${Math.round(part * 100)} %`;
  return `${load}  CPU exchange ${busy(cores.exchange)} k6 ${busy(cores.k6)}${wrong}`;
}
