import { relative, resolve } from 'node:path';
import { ConfigError, readConfig } from './config.ts';
import { type Exchange, startExchange } from './process/exchange.ts';
import { welcome } from './process/welcome.ts';

/** Wiring of the process: configuration, start, signals, stop. */
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Ends the process with one line that says why. */
function giveUp(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** Stopping takes as long as the last commits and the follower's snapshot; a database that is away must not hold it for ever. */
const STOP_TIMEOUT_MS = 60_000;

/** Short where the file is below the current directory; whole elsewhere, so that it can be pasted anywhere. */
function asSeenFromHere(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? resolve(file) : path;
}

let exchange: Exchange | undefined;
let stopping: Promise<void> | undefined;

function stop(signal: string): void {
  if (stopping !== undefined) giveUp(`${signal} again: stopping at once`);
  say('Stopping: no new orders, finishing what is under way');
  setTimeout(() => giveUp('The stop took too long'), STOP_TIMEOUT_MS).unref();
  stopping = (async () => {
    await starting.catch(() => {});
    await exchange?.stop();
    say('Stopped');
    process.exit(0);
  })();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));

const starting = (async () => {
  const config = readConfig(process.env);
  exchange = await startExchange(config, {
    onProgress: say,
    // The engine's state is in the journal: whoever supervises this process starts it again, and it recovers.
    onFatal: giveUp,
  });
  if (stopping !== undefined) return;
  const { url, operator } = exchange;
  if (config.readyLine) say(`BRIER_READY ${JSON.stringify({ url })}`);
  else
    say(
      welcome(
        url,
        operator === undefined
          ? undefined
          : { ...operator, ...(operator.file && { file: asSeenFromHere(operator.file) }) },
      ),
    );
})();
starting.catch((error: unknown) => {
  if (error instanceof ConfigError) giveUp(error.message);
  giveUp(error instanceof Error ? `Brier cannot start: ${error.message}` : String(error));
});
