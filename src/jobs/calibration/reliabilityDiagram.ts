import type { ReliabilityBin } from './bins.ts';
import { darkStyle, paint } from './diagramPalette.ts';
import type { IsotonicBlock } from './isotonic.ts';
import type { ScoreReport } from './scoreReport.ts';
import { element, textElement } from './svg.ts';

export interface ReliabilityDiagramOptions {
  readonly title: string;
  /** Under the horizontal axis. */
  readonly forecastLabel?: string;
  /** Prefix of the ids inside; must differ between diagrams put into one page. */
  readonly id?: string;
}

/** Longest title drawn; the rest is cut and shown as an ellipsis, in full in the accessible title. */
const TITLE_CHARS_MAX = 44;
const ROOT_CLASS = 'reliability-diagram';
const WIDTH = 560;
const MARGIN = 24;
const HEIGHT = 720;
const PLOT = { left: 68, top: 84, size: 460 };
const COUNTS = { top: PLOT.top + PLOT.size + 14, height: 56 };
const COUNTS_BOTTOM = COUNTS.top + COUNTS.height;
/** Narrower bars than this go without their count. */
const COUNT_LABEL_WIDTH_MIN = 24;
const AXIS_STEPS = [0, 0.2, 0.4, 0.6, 0.8, 1];

/**
 * Draws forecasts against what happened, as one self-contained SVG: no scripts, links or fonts of its own, light or
 * dark by the reader's preference. Dots are the bins with their Wilson 95 % intervals, the line is the isotonic (CORP)
 * fit, interpolated where there was no forecast, the bars count the forecasts. `null` draws the empty axes.
 */
export function reliabilityDiagram(scores: ScoreReport | null, options: ReliabilityDiagramOptions): string {
  const { title, forecastLabel = 'Forecast probability', id = ROOT_CLASS } = options;
  const parts = [
    textElement('title', { id: `${id}-title` }, title),
    textElement('desc', { id: `${id}-desc` }, description(scores)),
    element('style', {}, darkStyle(ROOT_CLASS)),
    element('rect', { ...paint('paper'), width: WIDTH, height: HEIGHT }),
    textElement('text', { ...paint('ink'), x: MARGIN, y: 34, 'font-size': 18, 'font-weight': 600 }, shortened(title)),
    textElement('text', { ...paint('muted'), x: MARGIN, y: 58, 'font-size': 13 }, headline(scores)),
    axes(forecastLabel),
    ...(scores === null ? [] : [counts(scores.bins), marks(scores), legend(), footer(scores)]),
  ];
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: ROOT_CLASS,
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      width: WIDTH,
      height: HEIGHT,
      role: 'img',
      'aria-labelledby': `${id}-title ${id}-desc`,
      'font-family': 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
      'font-size': 12,
    },
    parts.join('\n'),
  );
}

const xOf = (p: number): number => PLOT.left + p * PLOT.size;
const yOf = (frequency: number): number => PLOT.top + (1 - frequency) * PLOT.size;

function axes(forecastLabel: string): string {
  const marks = AXIS_STEPS.flatMap((step) => [
    element('line', { ...paint('grid'), x1: xOf(step), x2: xOf(step), y1: PLOT.top, y2: COUNTS_BOTTOM }),
    element('line', { ...paint('grid'), x1: xOf(0), x2: xOf(1), y1: yOf(step), y2: yOf(step) }),
    centred(xOf(step), COUNTS_BOTTOM + 17, step.toFixed(1)),
    textElement('text', { ...paint('muted'), x: xOf(0) - 8, y: yOf(step) + 4, 'text-anchor': 'end' }, step.toFixed(1)),
  ]);
  const middle = PLOT.top + PLOT.size / 2;
  return [
    element('rect', { ...paint('panel'), x: PLOT.left, y: PLOT.top, width: PLOT.size, height: PLOT.size }),
    ...marks,
    centred(xOf(0.5), COUNTS_BOTTOM + 38, forecastLabel),
    element('g', { transform: `rotate(-90 ${MARGIN} ${middle})` }, centred(MARGIN, middle, 'Observed frequency')),
    segment('diagonal', [xOf(0), yOf(0)], [xOf(1), yOf(1)], { 'stroke-dasharray': '5 4' }),
  ].join('\n');
}

function counts(bins: readonly ReliabilityBin[]): string {
  const most = Math.max(...bins.map(({ n }) => n));
  const scale = (COUNTS.height - 14) / most;
  return bins
    .map(({ lower, upper, n }) => {
      const height = Math.max(1, n * scale);
      const box = { x: xOf(lower) + 1.5, y: COUNTS_BOTTOM - height, width: xOf(upper) - xOf(lower) - 3, height };
      const bar = element('rect', { ...paint('bar'), ...box });
      if (box.width < COUNT_LABEL_WIDTH_MIN) return bar;
      return bar + centred(xOf((lower + upper) / 2), COUNTS_BOTTOM - height - 4, compact(n), 10);
    })
    .join('\n');
}

function marks({ baseRate, corp, bins }: ScoreReport): string {
  const dots = bins.map(({ meanForecast, observed, wilson95: [lower, upper] }) => {
    const x = xOf(meanForecast);
    return [
      segment('whisker', [x, yOf(lower)], [x, yOf(upper)], { 'stroke-width': 1.5 }),
      segment('whisker', [x - 4, yOf(lower)], [x + 4, yOf(lower)], { 'stroke-width': 1.5 }),
      segment('whisker', [x - 4, yOf(upper)], [x + 4, yOf(upper)], { 'stroke-width': 1.5 }),
      element('circle', { ...paint('dot'), cx: x, cy: yOf(observed), r: 5, 'stroke-width': 1.5 }),
    ].join('');
  });
  return [
    segment('base', [xOf(0), yOf(baseRate)], [xOf(1), yOf(baseRate)], { 'stroke-dasharray': '1 4' }),
    element('polyline', {
      ...paint('corp'),
      points: curve(corp.curve),
      fill: 'none',
      'stroke-width': 2,
      'stroke-linejoin': 'round',
    }),
    ...dots,
  ].join('\n');
}

function curve(blocks: readonly IsotonicBlock[]): string {
  const at = (p: number, value: number) => `${xOf(p).toFixed(2)},${yOf(value).toFixed(2)}`;
  return blocks.map(({ pLow, pHigh, value }) => `${at(pLow, value)} ${at(pHigh, value)}`).join(' ');
}

function legend(): string {
  const x = PLOT.left + 14;
  const row = (i: number) => PLOT.top + 20 + i * 18;
  const label = (i: number, text: string) => textElement('text', { ...paint('ink'), x: x + 30, y: row(i) + 4 }, text);
  return [
    segment('whisker', [x + 10, row(0) - 7], [x + 10, row(0) + 7], { 'stroke-width': 1.5 }),
    element('circle', { ...paint('dot'), cx: x + 10, cy: row(0), r: 5, 'stroke-width': 1.5 }),
    label(0, 'Bins, 95 % interval'),
    segment('corp', [x, row(1)], [x + 20, row(1)], { 'stroke-width': 2 }),
    label(1, 'Isotonic fit (CORP)'),
    segment('diagonal', [x, row(2)], [x + 20, row(2)], { 'stroke-dasharray': '5 4' }),
    label(2, 'Perfectly calibrated'),
    segment('base', [x, row(3)], [x + 20, row(3)], { 'stroke-dasharray': '1 4' }),
    label(3, 'Base rate'),
  ].join('\n');
}

function footer({ murphy, corp }: ScoreReport): string {
  const within = murphy.withinBinVariance - murphy.withinBinCovariance;
  const lines = [
    `Brier = reliability ${fixed(murphy.reliability)} − resolution ${fixed(murphy.resolution)} + uncertainty ${fixed(
      murphy.uncertainty,
    )} + within bins ${fixed(within)}`,
    `Brier = miscalibration ${fixed(corp.mcb)} − discrimination ${fixed(corp.dsc)} + uncertainty ${fixed(corp.unc)} (CORP)`,
  ];
  return lines
    .map((line, i) =>
      textElement('text', { ...paint('muted'), x: MARGIN, y: COUNTS_BOTTOM + 64 + i * 16, 'font-size': 11 }, line),
    )
    .join('\n');
}

function headline(scores: ScoreReport | null): string {
  if (scores === null) return 'No resolved forecasts yet';
  const { n, pairs, brierBinary, skill, ece } = scores;
  const forecasts = n === 1 ? '1 forecast' : `${grouped(n)} forecasts`;
  const counted = pairs === n ? forecasts : `${forecasts}, ${grouped(pairs)} pairs`;
  const skilled = skill === null ? '' : ` · skill ${fixed(skill)}`;
  return `${counted} · Brier ${fixed(brierBinary)}${skilled} · calibration error ${fixed(ece)}`;
}

function description(scores: ScoreReport | null): string {
  const bins = (scores?.bins ?? []).map(
    ({ lower, upper, n, meanForecast, observed, wilson95: interval }) =>
      `${fixed(lower)} to ${fixed(upper)}: n = ${n}, mean ${fixed(meanForecast)}, ` +
      `observed ${fixed(observed)}, 95 % interval ${fixed(interval[0])} to ${fixed(interval[1])}.`,
  );
  return [`Reliability diagram. ${headline(scores)}.`, ...bins].join(' ');
}

function segment(
  kind: 'diagonal' | 'base' | 'corp' | 'whisker',
  [x1, y1]: [number, number],
  [x2, y2]: [number, number],
  attributes: Record<string, string | number>,
): string {
  return element('line', { ...paint(kind), x1, y1, x2, y2, ...attributes });
}

function centred(x: number, y: number, text: string, size = 12): string {
  return textElement('text', { ...paint('muted'), x, y, 'text-anchor': 'middle', 'font-size': size }, text);
}

function shortened(title: string): string {
  const chars = [...title];
  return chars.length > TITLE_CHARS_MAX ? `${chars.slice(0, TITLE_CHARS_MAX - 1).join('')}…` : title;
}

/** Three decimals, and no "-0.000" for a rounding error below zero. */
function fixed(value: number): string {
  return (Math.round(value * 1000) / 1000).toFixed(3).replace('-', '−');
}

/** Thousands apart by a narrow space, without asking the machine's locale. */
function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Bars are too narrow for long numbers: 12 345 is written 12k. */
function compact(n: number): string {
  if (n < 10_000) return String(n);
  return n < 1_000_000 ? `${Math.floor(n / 1000)}k` : `${Math.floor(n / 100_000) / 10}M`;
}
