import { BASE, type Footprint } from './flatness.ts';
import { BOUND, type FlowReport, type FlowRow, PEER } from './flowComparison.ts';
import type { SizeReport } from './sizeComparison.ts';
import type { Size } from './sizedExchange.ts';

const whole = (value: number): string => (Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '');
const bytes = (value: number): string => (Math.abs(value) < 9.95 ? value.toFixed(1) : whole(value));

const ratio = (rate: number, to: number): string =>
  Number.isFinite(to) ? `${rate / to < 100 ? (rate / to).toPrecision(3) : whole(rate / to)} ×` : '';
const rates = ({ perSecond, slowest, fastest }: FlowRow): string =>
  slowest === fastest ? whole(perSecond) : `${whole(perSecond)} (${whole(slowest)} … ${whole(fastest)})`;
const counted = (value: number, dimension: keyof Size): string => {
  const what = dimension === 'resting' ? 'resting orders' : dimension;
  return `${whole(value)} ${value === 1 ? what.slice(0, -1) : what}`;
};

const NOTES = `ops/s: commands with filled books, of a program that has carried out a million of another flow of this kind (npm order books:
20,000); the spread over the runs in brackets. The npm order books run only the beginning of a flow; MOVE is their modify. ns: of
further commands (C++: of the first ones again), each on its own clock, the clock’s own time subtracted. heap: bytes a command that the JavaScript heap grew by between two forced collections, and that were allocated
on it. scavenges: collections of young objects (and others) during the ops/s, with the longest pause.`;

/** One table a flow. */
export function flowTables(reports: readonly FlowReport[]): string[] {
  const skipped = reports[0]?.skipped ?? [];
  return [NOTES, ...skipped, ...reports.map(flowTable)];
}

function flowTable({ name, rows }: FlowReport): string {
  const rateOf = (of: string): number => rows.find((row) => row.name === of)?.perSecond ?? Number.NaN;
  const line = (row: FlowRow): string => {
    const { p50, p99, p999 } = row.latencyNs;
    const { heap } = row;
    return cells([
      row.count === rows[0]?.count ? row.name : `${row.name} (first ${whole(row.count)})`,
      rates(row),
      `${whole(p50)} / ${whole(p99)} / ${whole(p999)}`,
      ratio(row.perSecond, rateOf(BOUND)),
      ratio(row.perSecond, rateOf(PEER)),
      heap === undefined ? '' : `${bytes(heap.retained)}, ${bytes(heap.allocated)}`,
      heap === undefined ? '' : `${heap.scavenges} (${heap.others}), ${heap.longestMs.toFixed(1)} ms`,
      row.digestOk ? 'OK' : 'WRONG',
    ]);
  };
  return [
    `${name}:`,
    '',
    cells([
      '',
      'ops/s',
      'ns p50 / p99 / p99.9',
      `to ${BOUND}`,
      `to ${PEER}`,
      'heap B/op grown, allocated',
      'scavenges',
      'digest',
    ]),
    cells(Array.from({ length: 8 }, () => '---')),
    ...rows.map(line),
  ].join('\n');
}

export function sizeTables({ flatness, memory, makerTrades }: SizeReport): string[] {
  const base = (Object.keys(BASE) as (keyof Size)[]).map((dimension) => counted(BASE[dimension], dimension)).join(', ');
  const footprint = (what: string, { resident, buffersAndHeap }: Footprint): string =>
    cells([what, bytes(resident), bytes(buffersAndHeap)]);
  return [
    [
      `The whole engine by size; what is not named is as in the base: ${base}.`,
      '',
      cells(['size', 'ns a command']),
      cells(['---', '---']),
      ...flatness.map(({ dimension, value, nsPerCommand }) => cells([counted(value, dimension), whole(nsPerCommand)])),
    ].join('\n'),
    [
      cells(['memory', 'resident B', 'buffers + heap B']),
      cells(['---', '---', '---']),
      footprint('an account', memory.account),
      footprint('a resting order', memory.order),
    ].join('\n'),
    [
      cells(['a whole PLACE against an LMSR maker', 'ns']),
      cells(['---', '---']),
      ...makerTrades.map(({ outcomes, nsPerTrade }) => cells([`${outcomes} outcomes`, whole(nsPerTrade)])),
    ].join('\n'),
  ];
}

const cells = (values: readonly string[]): string => `| ${values.join(' | ')} |`;
