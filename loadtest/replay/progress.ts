/** Redraws of a terminal line, and lines where there is no terminal, are no closer together than this. */
const REDRAW_MS = 100;
const LINE_MS = 5000;
const BAR_WIDTH = 30;

/** One phase after the other on stderr: a bar that redraws itself on a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  #label = '';
  #total = 0;
  #count = 0;
  #startedAt = 0;
  #shownAt = 0;

  constructor(out: NodeJS.WriteStream = process.stderr) {
    this.#out = out;
  }

  begin(label: string, total: number): void {
    this.#label = label;
    this.#total = total;
    this.#count = 0;
    this.#startedAt = this.#shownAt = performance.now();
    if (this.#out.isTTY) this.#show();
  }

  tick(): void {
    this.#count++;
    const now = performance.now();
    if (now - this.#shownAt < (this.#out.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.#shownAt = now;
    this.#show();
  }

  end(): void {
    this.#show();
    if (this.#out.isTTY) this.#out.write('\n');
  }

  /** A line of its own, between phases. */
  note(text: string): void {
    this.#out.write(`${text}\n`);
  }

  #show(): void {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const rate = seconds > 0 ? Math.round(this.#count / seconds) : 0;
    const text = `${this.#label.padEnd(12)} ${this.#count}/${this.#total}  ${seconds.toFixed(1)} s  ${rate}/s`;
    if (!this.#out.isTTY) return void this.#out.write(`${text}\n`);
    const done = this.#total === 0 ? BAR_WIDTH : Math.round((this.#count / this.#total) * BAR_WIDTH);
    this.#out.write(`\r\x1b[K${'█'.repeat(done)}${'░'.repeat(BAR_WIDTH - done)} ${text}`);
  }
}
