import { closedLoop } from './closedLoop.ts';
import { fanOut } from './fanOut.ts';
import { hold } from './hold.ts';
import { openLoop } from './openLoop.ts';
import type { FromGenerator, Results, Task, ToGenerator } from './tasks.ts';

/** The generator’s process: one task, then its end. */
const tell = (message: FromGenerator, done?: () => void): void => {
  process.send?.(message, undefined, {}, done);
};
const mark = (type: 'begin' | 'end'): void => tell({ type });
let enough: () => void = () => {};
const isEnough = new Promise<void>((resolve) => {
  enough = resolve;
});

function run(task: Task): Promise<Results[keyof Results]> {
  switch (task.kind) {
    case 'closed':
      return closedLoop(task, mark);
    case 'open':
      return openLoop(task, mark);
    case 'fanOut':
      return fanOut(task, mark);
    case 'hold':
      return hold(task, mark, isEnough);
  }
}

process.on('message', (message: ToGenerator) => {
  if (message.type === 'enough') return enough();
  run(message.task).then(
    (result) => tell({ type: 'result', result }, () => process.exit(0)),
    (error: Error) => tell({ type: 'failed', error: error.stack ?? error.message }, () => process.exit(1)),
  );
});
// Whoever started it is gone.
process.on('disconnect', () => process.exit(1));
