import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { prepare } from './prepare.mjs';

/** `node scripts/run.mjs FILE args…`: makes the project ready, then runs a TypeScript file. */

const [file, ...args] = process.argv.slice(2);
if (!file) {
  process.stderr.write('usage: node scripts/run.mjs FILE [argument …]\n');
  process.exit(2);
}
if (!(await prepare())) process.exit(1);
const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), resolve(file), ...args], {
  stdio: 'inherit',
});
process.on('SIGTERM', () => child.kill('SIGTERM'));
process.on('SIGINT', () => {
  // A terminal has already told the child.
  if (!process.stdin.isTTY) child.kill('SIGINT');
});
child.on('error', (error) => {
  throw error;
});
child.on('close', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
});
