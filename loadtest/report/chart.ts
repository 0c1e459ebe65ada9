/** One line of a chart; `color` is a class of the page’s style. */
export interface Line {
  name: string;
  color: string;
  /** Seconds since the start, and the value. */
  points: readonly (readonly [number, number])[];
}

export interface Chart {
  title: string;
  /** After the numbers of the axis. */
  unit: string;
  lines: readonly Line[];
  /** For values over several powers of ten; what is 0 is left out. */
  isLogarithmic?: boolean;
}

const WIDTH = 900;
const HEIGHT = 230;
const LEFT = 64;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 26;
const TICKS_WANTED = 5;

/** A step that people count in: 1, 2 or 5 times a power of ten, at least `least`. */
export function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const times = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return times * power;
}

/** 0, step, 2 step … up to the first that is not below `max`. */
export function linearTicks(max: number): number[] {
  const top = max > 0 ? max : 1;
  const step = roundStep(top / TICKS_WANTED);
  return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, i) => i * step);
}

/** Powers of ten around all that is between. */
export function logarithmicTicks(min: number, max: number): number[] {
  const first = Math.floor(Math.log10(min) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(max) - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
}

/** The chart as inline SVG, with its legend. */
export function chartSvg({ title, unit, lines, isLogarithmic = false }: Chart): string {
  const shown = lines.map((line) => ({
    ...line,
    points: isLogarithmic ? line.points.filter(([, value]) => value > 0) : line.points,
  }));
  const values = shown.flatMap(({ points }) => points.map(([, value]) => value));
  const seconds = Math.max(1, ...shown.flatMap(({ points }) => points.map(([second]) => second)));
  const max = Math.max(0, ...values);
  const ticks = isLogarithmic && max > 0 ? logarithmicTicks(Math.min(...values), max) : linearTicks(max);
  const scale = isLogarithmic && max > 0 ? Math.log10 : (value: number): number => value;
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)].map((tick) => scale(tick ?? 0));
  const x = (second: number): number => LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - (scale(value) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${fix(y(tick))}" y2="${fix(y(tick))}"/>` +
      `<text class="tick" x="${LEFT - 6}" y="${fix(y(tick) + 4)}" text-anchor="end">${short(tick)}${unit}</text>`,
  );
  const times = linearTicks(seconds)
    .filter((second) => second <= seconds)
    .map(
      (second) =>
        `<text class="tick" x="${fix(x(second))}" y="${HEIGHT - 8}" text-anchor="middle">${short(second)} s</text>`,
    );
  const paths = shown.map(({ name, color, points }) => {
    const path = points.map(([second, value]) => `${fix(x(second))},${fix(y(value))}`).join(' ');
    return `<polyline class="line ${color}" points="${path}"><title>${escapeHtml(name)}</title></polyline>`;
  });
  const legend = shown.map(({ name, color }) => `<span class="key ${color}">${escapeHtml(name)}</span>`);
  return `<figure><figcaption><b>${escapeHtml(title)}</b> ${legend.join(' ')}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">${[...grid, ...times, ...paths].join('\n')}</svg></figure>`;
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const fix = (coordinate: number): string => coordinate.toFixed(1);

/** 12,000 → `12k`; as many digits as a tick needs. */
function short(value: number): string {
  if (value >= 1000) return `${Number((value / 1000).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}
