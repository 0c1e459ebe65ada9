import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export type Running = { url: string; pid: number; stop: () => Promise<void> };

/** Starts a server that prints `BRIER_READY {"url":…}` and waits for that line. */
export async function startServer(args: string[], env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with code ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /BRIER_READY (\{.*\})/.exec(line)?.[1];
      if (found !== undefined) resolve((JSON.parse(found) as { url: string }).url);
    });
  });
  return { url, pid: child.pid as number, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
