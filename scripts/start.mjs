import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepare, root } from './prepare.mjs';

/**
 * `npm start`: makes the project ready, then becomes the server. The server runs in this very process, so that signals,
 * the exit code and the memory are its own and nothing stays behind when this process is killed.
 */

/** Signals of one kind that arrive within this time are one wish. */
const SAME_SIGNAL_MS = 500;
const PARENT_CHECK_MS = 500;

/** A terminal sends Ctrl-C to npm and to us, and npm then passes its own on to us: let the server hear it once. */
function hearSignalsOnce() {
  /** @type {Map<unknown, number>} */
  const heardAt = new Map();
  const emit = process.emit;
  process.emit = /** @type {typeof process.emit} */ (
    /** @param {unknown[]} event */
    (...event) => {
      const [name] = event;
      if (name === 'SIGINT' || name === 'SIGTERM') {
        const now = performance.now();
        if (now - (heardAt.get(name) ?? Number.NEGATIVE_INFINITY) < SAME_SIGNAL_MS) return true;
        heardAt.set(name, now);
      }
      return Reflect.apply(emit, process, event);
    }
  );
}

/** Where npm was killed and could pass nothing on, a server would stay behind that nobody sees: it stops instead. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS);
  watch.unref();
}

if (!(await prepare())) process.exit(1);
hearSignalsOnce();
stopWithNpm();
process.chdir(root); // as npm does, so that relative settings mean the same however the server is started
process.setSourceMapsEnabled(true);
const main = join(root, 'dist/main.js');
process.argv[1] = main;
await import(pathToFileURL(main).href);
