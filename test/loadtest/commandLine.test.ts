import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readOptions } from '../../loadtest/options.ts';
import { SCENARIO_NAMES, SCENARIOS } from '../../loadtest/scenarios.ts';
import { k6, TIMEOUT_MS } from './support/shortRun.ts';

const RUN = fileURLToPath(new URL('../../loadtest/run.ts', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'brier-loadtest-out-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** `npm run loadtest`, without what would give it another exchange by accident. */
function start(args: string[], env: Record<string, string> = {}) {
  const { BRIER_URL: _, ...rest } = process.env;
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), RUN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...rest, ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code, stdout, stderr }));
  return { child, ended };
}

const run = (args: string[], env?: Record<string, string>) => start(args, env).ended;

describe('the command line', () => {
  it('explains itself where it is asked for nothing', async () => {
    const { code, stdout } = await run([]);
    expect(code).toBe(0);
    for (const name of SCENARIO_NAMES) expect(stdout).toContain(`  ${name} `);
  });
  it.each([
    [['nothing'], 'no scenario nothing'],
    [['mixed', 'soak'], 'one scenario at a time'],
    [['mixed', '--vus', '0'], '--vus is a whole number'],
    [['mixed', '--duration', 'long'], '--duration is 1s to 24h'],
    [['mixed', '--prefix', 'A'], '--prefix is'],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args, {}, 0)).toThrow(message);
  });
  it('knows times, defaults and its environment', () => {
    const env = { BRIER_URL: 'http://there:9001/', BRIER_P99_MS: '50' };
    expect(readOptions(['spike', '--duration=2m', '--vus', '3'], env, 0)).toMatchObject({
      scenario: 'spike',
      seconds: 120,
      vus: 3,
      rate: SCENARIOS.spike.rate,
      url: 'http://there:9001',
      p99Ms: 50,
    });
  });
  it('ends with 2 where it is told something wrong', async () => {
    expect((await run(['nothing'])).code).toBe(2);
  });
  it('says in one line how to get k6', async () => {
    const { code, stderr } = await run(['mixed'], { K6: '/nowhere/k6' });
    expect(code).toBe(3);
    expect(stderr.trim().split('\n')).toEqual([expect.stringContaining('go install')]);
  });
});

describe.skipIf(k6 === undefined)('a run without an exchange', { timeout: TIMEOUT_MS }, () => {
  const short = ['order-flow', '--vus=1', '--sockets=2', '--rate=20', '--markets=1', `--out=${out}`];

  it('starts one, writes its reports, and its exit code follows the thresholds', async () => {
    const { code, stdout, stderr } = await run([...short, '--duration=1s'], {
      BRIER_P95_MS: '0',
      BRIER_P99_MS: '60000',
    });
    expect({ code, stderr }).toMatchObject({ code: 1 });
    expect(stdout).toContain('broken       ack_latency');
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    expect(report.thresholds.filter(({ ok }: { ok: boolean }) => !ok)).toHaveLength(1);
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/(?:src|href)=/);
    expect(existsSync(join(out, 'plan.json'))).toBe(false);
  });

  it.skipIf(!existsSync('/proc/self/task'))('leaves nothing behind after Ctrl-C', async () => {
    const { child, ended } = start([...short, '--duration=10m']);
    for await (const line of createInterface(child.stderr)) if (/^\d+\/600 s /.test(line)) break;
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ');
    expect(children.length).toBeGreaterThanOrEqual(2);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(children.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });
});
