import { expect, test } from 'vitest';
import {
  PROGRESS_BYTES,
  ProgressWriter,
  SharedProgress,
  WAITERS_MAX,
} from '../../src/persistence/follower/progress.ts';

function pair() {
  const memory = new SharedArrayBuffer(PROGRESS_BYTES);
  const woken: number[] = [];
  const progress = new SharedProgress(memory, (seq) => woken.push(seq));
  return { writer: new ProgressWriter(memory), progress, woken };
}

test('what is reported is seen, beyond 32 bits too', () => {
  const { writer, progress } = pair();
  expect(progress.appliedSeq).toBe(0);
  writer.report(2 ** 40 + 1);
  expect(progress.appliedSeq).toBe(2 ** 40 + 1);
});

test('waiting ends when the sequence is reached, for each at its own', async () => {
  const { writer, progress, woken } = pair();
  const ended: string[] = [];
  const five = progress.waitFor(5, 60_000).then((reached) => ended.push(`5 ${reached}`));
  const nine = progress.waitFor(9, 60_000).then((reached) => ended.push(`9 ${reached}`));
  expect(woken, 'each that waits for more than anybody before').toEqual([5, 9]);
  const seven = progress.waitFor(7, 60_000);
  expect(woken).toEqual([5, 9]);
  writer.report(7);
  expect(await seven).toBe(true);
  await five;
  expect(ended).toEqual(['5 true']);
  writer.report(9);
  await nine;
  expect(ended).toEqual(['5 true', '9 true']);
  expect(await progress.waitFor(9, 0)).toBe(true);
});

test('waiting ends with false after its time, when it is closed, and at once beyond the limit', async () => {
  const { progress } = pair();
  expect(await progress.waitFor(1, 0)).toBe(false);
  expect(await progress.waitFor(1, 3)).toBe(false);
  const waiting = Array.from({ length: WAITERS_MAX }, () => progress.waitFor(1, 60_000));
  expect(await progress.waitFor(1, 60_000)).toBe(false);
  progress.close();
  expect(new Set(await Promise.all(waiting))).toEqual(new Set([false]));
});
