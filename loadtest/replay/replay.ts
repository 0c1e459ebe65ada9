import { writeFileSync } from 'node:fs';
import { audit } from './audit.ts';
import { type Dataset, readDataset } from './dataset.ts';
import { type Exchange, openExchange } from './exchange.ts';
import { createMarkets, settleMarkets } from './markets.ts';
import { HELP, type ReplayOptions, readOptions } from './options.ts';
import { gatherPeople, operatorOf } from './people.ts';
import { Progress } from './progress.ts';
import { type Findings, isConserved, reportObject, reportText, settlementsCsv } from './report.ts';
import { remaining, sendOrders } from './sending.ts';
import { Tally } from './tally.ts';

/** `npm run replay -- FOLDER`: `--help` says what it does. */
async function main(args: string[]): Promise<number> {
  const options = orSay(() => readOptions(args), '--help explains the options\n');
  if (options === undefined) return 2;
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const dataset = orSay(() => readDataset(options.folder, options.prefix, options.limitQuestions));
  if (dataset === undefined) return 2;
  warnOfStakes(dataset, options);
  const exchange = await openExchange(options);
  const stopOnSignal = (signal: 'SIGINT' | 'SIGTERM', code: number): void => {
    process.on(signal, () => {
      process.stderr.write(`\n${signal}: stopping; the same command goes on from here if the data is kept\n`);
      exchange.stop().then(() => process.exit(code), failed);
    });
  };
  stopOnSignal('SIGINT', 130);
  stopOnSignal('SIGTERM', 143);
  try {
    const findings = await replay(dataset, exchange, options);
    const { settlements } = findings;
    if (options.settlements !== undefined) writeFileSync(options.settlements, settlementsCsv(settlements));
    process.stdout.write(
      options.json ? `${JSON.stringify(reportObject(findings), null, 2)}\n` : reportText(findings, options.verbose),
    );
    return isConserved(findings) ? 0 : 1;
  } catch (error) {
    if (exchange.output.length > 0) process.stderr.write(`\nthe exchange said last:\n${exchange.output.join('\n')}\n`);
    throw error;
  } finally {
    await exchange.stop();
  }
}

async function replay(dataset: Dataset, exchange: Exchange, options: ReplayOptions): Promise<Findings> {
  const progress = new Progress();
  const tally = new Tally();
  const operator = await operatorOf(exchange);
  const people = await gatherPeople(exchange, operator, dataset.users, { ...options, progress });
  const earlier = await createMarkets(operator, dataset.questions, { ...options, progress });
  const before = await audit(operator);
  const orders = await remaining(dataset.orders, people, { earlier, tally, progress });
  await sendOrders(orders, people, { window: options.window, tally, progress });
  await Promise.all(Array.from(people.values(), (connection) => connection.close()));
  const settlements = await settleMarkets(operator, dataset.questions, progress);
  const after = await audit(operator);
  const calibration = await operator.get(`/calibration?category=${options.prefix}`);
  return { tally, unmappable: dataset.unmappable, before, after, settlements, calibration };
}

/** What was given is read, or what is wrong with it is said, without a stack: it is not ours. */
function orSay<T>(read: () => T, more = ''): T | undefined {
  try {
    return read();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${more}`);
    return undefined;
  }
}

/** Somebody who runs out of money is refused or not by what other markets did first, which the window leaves open. */
function warnOfStakes({ orders }: Dataset, { deposit, window }: ReplayOptions): void {
  const stakes = new Map<string, number>();
  for (const { user, collateralCents } of orders) stakes.set(user, (stakes.get(user) ?? 0) + collateralCents);
  const most = Math.max(0, ...stakes.values()) / 100;
  if (most <= Number(deposit) || window === 1) return;
  process.stderr.write(`a user may stake $${most}, more than --deposit: refusals may differ unless --window is 1\n`);
}

function failed(error: unknown): void {
  process.stderr.write(`\n${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
}, failed);
