import { spawn } from 'node:child_process';

/**
 * Runs `work` and shows one line for it on stderr: what, then how long it took. In a terminal the seconds count up.
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(what, work) {
  const { stderr } = process;
  const begun = performance.now();
  const seconds = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
  stderr.write(`${what} … `);
  const ticking = stderr.isTTY ? setInterval(() => stderr.write(`\r${what} … ${seconds()}`), 1000) : undefined;
  try {
    const result = await work();
    stderr.write(`${stderr.isTTY ? `\r${what} … ` : ''}${seconds()}\n`);
    return result;
  } catch (error) {
    stderr.write(`${stderr.isTTY ? `\r${what} … ` : ''}failed after ${seconds()}\n`);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

/** A program that did not end well; `output` is everything it said. */
export class ProgramFailed extends Error {
  /**
   * @param {string} program
   * @param {string} output
   */
  constructor(program, output) {
    super(`${program} failed`);
    this.output = output;
  }
}

/**
 * Runs a program without a shell (paths may hold spaces) and keeps what it says. A signal that ends this process
 * ends the program first, so that an interrupted install leaves nothing running.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {{ cwd: string, name: string }} options
 * @returns {Promise<string>} what the program wrote
 * @throws {ProgramFailed}
 */
export function run(file, args, { cwd, name }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    /** @type {Buffer[]} */
    const chunks = [];
    /** @param {NodeJS.Signals} signal */
    const interrupt = (signal) => {
      child.kill('SIGTERM');
      process.stderr.write('\n');
      process.exit(signal === 'SIGINT' ? 130 : 143);
    };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    const settle = () => process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => {
      settle();
      reject(new ProgramFailed(name, String(error)));
    });
    child.on('close', (code) => {
      settle();
      const output = Buffer.concat(chunks).toString();
      if (code === 0) resolve(output);
      else reject(new ProgramFailed(name, output));
    });
  });
}
