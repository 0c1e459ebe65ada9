import { type Audit, dollars, micros } from './audit.ts';
import { calibrationText } from './calibrationText.ts';
import type { Settlement } from './markets.ts';
import type { Unmappable } from './orders.ts';
import type { Tally } from './tally.ts';

/** Everything that a replay found out. */
export interface Findings {
  tally: Tally;
  unmappable: ReadonlyMap<Unmappable, number>;
  before: Audit;
  after: Audit;
  settlements: readonly Settlement[];
  /** As the exchange serves it. */
  calibration: unknown;
}

/** The same total before the first order and after the last payment, and all of it was once paid in. */
export const isConserved = ({ before, after }: Findings): boolean =>
  before.total === after.total && after.total === after.paidIn;

/** The report as one JSON object: counts as numbers, money as decimal strings, times in ms. */
export function reportObject(findings: Findings): object {
  const { tally, unmappable, before, after, settlements, calibration } = findings;
  const { sent, accepted, duplicates, notSentAgain, fills, volume, latencyMs, seconds } = tally;
  return {
    orders: {
      sent,
      accepted,
      duplicates,
      rejected: Object.fromEntries(tally.rejected),
      ended: Object.fromEntries(tally.ended),
      notSentAgain,
      unmappable: Object.fromEntries(unmappable),
    },
    fills,
    volume,
    money: { before: moneyOf(before), after: moneyOf(after), conserved: isConserved(findings) },
    settlements,
    calibration,
    ordersPerSecond: rateOf(tally),
    seconds,
    latencyMs,
  };
}

const moneyOf = ({ total, paidIn, parts }: Audit): object => ({
  total: dollars(total),
  paidIn: dollars(paidIn),
  ...parts,
});

const rateOf = ({ sent, seconds }: Tally): number => (seconds > 0 ? Math.round(sent / seconds) : 0);

export function reportText(findings: Findings, verbose: boolean): string {
  const { tally, unmappable, before, after, settlements, calibration } = findings;
  const { latencyMs, volume } = tally;
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  const lines = [
    `orders        ${tally.sent} sent, ${tally.accepted} accepted, ${sum(tally.rejected)} rejected, ${tally.duplicates} duplicates`,
    ...listed(tally.rejected, 'rejected'),
    ...listed(tally.ended, 'accepted and ended at once'),
    ...(tally.notSentAgain > 0 ? [`  ${tally.notSentAgain} not sent again: an earlier run had their answer`] : []),
    ...listed(unmappable, 'rows without a market'),
    `fills         ${tally.fills}, ${volume.shares.toFixed(2)} shares for $${volume.dollars.toFixed(2)}`,
    `money         before $${dollars(before.total)}, after $${dollars(after.total)}, paid in $${dollars(after.paidIn)}: ${
      isConserved(findings) ? 'equal' : 'NOT EQUAL'
    }`,
    ...[before, after].map(({ parts }, i) => `  ${i === 0 ? 'before' : 'after '} ${partsText(parts)}`),
    settlementSummary(settlements),
    ...(verbose ? settlements.map(settlementLine) : []),
    `speed         ${rateOf(tally)} orders/s over ${tally.seconds.toFixed(2)} s; p50 ${ms(latencyMs.p50)}, p99 ${ms(latencyMs.p99)}, p99.9 ${ms(latencyMs.p999)}, max ${ms(latencyMs.max)}`,
  ];
  return `${lines.join('\n')}\n${calibrationText(calibration)}`;
}

const partsText = (parts: Audit['parts']): string =>
  Object.entries(parts)
    .map(([name, amount]) => `${name} ${amount}`)
    .join('  ');

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((a, b) => a + b, 0);

const listed = (counts: ReadonlyMap<string, number>, what: string): string[] =>
  [...counts].toSorted(([, a], [, b]) => b - a).map(([reason, count]) => `  ${count} ${what}: ${reason}`);

function settlementSummary(settlements: readonly Settlement[]): string {
  const count = (test: (ending: string) => boolean): number => settlements.filter(({ ending }) => test(ending)).length;
  const voided = count((ending) => ending === 'voided');
  const open = count((ending) => ending === 'open');
  const paid = settlements.reduce((total, settlement) => total + micros(settlement.paid), 0n);
  const holders = settlements.reduce((total, settlement) => total + settlement.holders, 0);
  const left = open > 0 ? `, ${open} left open` : '';
  return `settlement    ${settlements.length - voided - open} resolved, ${voided} voided${left}; ${holders} holders paid $${dollars(paid)}`;
}

const settlementLine = ({ market, title, ending, holders, paid }: Settlement): string =>
  `  ${market.padEnd(14)} ${ending.padEnd(7)} ${String(holders).padStart(4)} holders  $${paid.padStart(14)}  ${title}`;

/** The settlements as CSV, a line each. */
export function settlementsCsv(settlements: readonly Settlement[]): string {
  const rows = settlements.map(({ market, ending, holders, paid }) => [market, ending, holders, paid].join(','));
  return `market,ending,holders,paid\n${rows.join('\n')}\n`;
}
