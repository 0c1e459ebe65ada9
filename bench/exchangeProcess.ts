import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { openWebSocket } from '../src/sdk/webSocketClient.ts';

/** A server that has not stopped by itself by then is ended. */
const STOP_MS_MAX = 60_000;

export type Running = {
  url: string;
  pid: number;
  /** Bytes of its main thread’s heap after a collection; wants a process that was started with `--inspect-port=0`. */
  heapBytes(): Promise<number>;
  stop: () => Promise<void>;
};

/** Starts a server that prints `BRIER_READY {"url":…}` and waits for that line. */
export async function startServer(args: string[], env: Record<string, string>): Promise<Running> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let inspector: (url: string) => void = () => {};
  const inspected = new Promise<string>((resolve) => {
    inspector = resolve;
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    const found = /^Debugger listening on (ws:\S+)/.exec(line)?.[1];
    if (found !== undefined) inspector(found);
    else if (!line.startsWith('For help, see') && !line.startsWith('Debugger ')) process.stderr.write(`${line}\n`);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${args.join(' ')} ended with code ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /BRIER_READY (\{.*\})/.exec(line)?.[1];
      if (found !== undefined) resolve((JSON.parse(found) as { url: string }).url);
    });
  });
  const pid = child.pid as number;
  return { url, pid, heapBytes: () => heapBytes(pid, inspected), stop: () => stop(child) };
}

/** Node opens its inspector on SIGUSR1, on loopback. */
async function heapBytes(pid: number, inspected: Promise<string>): Promise<number> {
  process.kill(pid, 'SIGUSR1');
  const url = await inspected;
  let answered: (text: string) => void = () => {};
  const client = await openWebSocket(url, { message: (text) => answered(text), closed: () => answered('') });
  const ask = (id: number, method: string): Promise<string> => {
    const answer = new Promise<string>((resolve) => {
      answered = resolve;
    });
    client.send(JSON.stringify({ id, method }));
    return answer;
  };
  await ask(1, 'HeapProfiler.collectGarbage');
  const used = Number(/"usedSize":(\d+)/.exec(await ask(2, 'Runtime.getHeapUsage'))?.[1]);
  // A process waits at its end for those who look into it.
  client.terminate();
  return used;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}
