import exec from 'k6/execution';
import { clearInterval, setInterval } from 'k6/timers';
import type { Actor } from '../actors/actor.ts';
import { vusFinished } from './metrics.ts';
import { keepPace, type Paced, type RateAt } from './pace.ts';
import type { Plan } from './plan.ts';
import { Random } from './random.ts';
import { tally } from './tally.ts';

/** What a scenario’s sockets are made of. `index` counts the sockets of the VU, `vu` from 1. */
export interface Cast {
  actor(index: number, vu: number, random: Random): Actor;
  rateAt?: RateAt;
  /** Between two losses of connections, at most. */
  storms?: { everyMs: number };
}

/** Sockets opened at once. */
const OPENING_WIDTH = 8;

/** The whole life of a VU: its sockets open, the load, its end. */
export async function runVu(plan: Plan, { actor, rateAt = () => 1, storms }: Cast): Promise<void> {
  const vu = exec.vu.idInTest;
  tally.begin();
  const actors = Array.from({ length: plan.sockets }, (_, index) =>
    actor(index, vu, new Random(plan.seed + vu * 1000 + index)),
  );
  const isOpen = await openAll(actors);
  if (isOpen) {
    const paced = actors.filter((one): one is Actor & Paced => one.step !== undefined);
    const rate = plan.rate / plan.vus;
    const calm = storms === undefined ? () => {} : storm(actors, storms.everyMs, new Random(plan.seed - vu));
    await keepPace(paced, plan.durationMs, (part) => rate * rateAt(part));
    calm();
    await Promise.all(actors.map((one) => one.finish()));
  }
  tally.end();
  if (isOpen) vusFinished.add(1);
}

async function openAll(actors: readonly Actor[]): Promise<boolean> {
  for (let at = 0; at < actors.length; at += OPENING_WIDTH) {
    const opened = await Promise.all(actors.slice(at, at + OPENING_WIDTH).map((one) => one.open()));
    if (opened.includes(false)) return false;
  }
  return true;
}

/** Loses all connections at once, or one, again and again; a loss that is not over lets the next one wait. */
function storm(actors: readonly Actor[], everyMs: number, random: Random): () => void {
  let isOver = true;
  const timer = setInterval(() => {
    if (!isOver) return;
    isOver = false;
    const who = random.next() < 0.5 ? actors : [random.pick(actors)];
    void Promise.all(who.map((one) => one.reconnect?.())).then(() => (isOver = true));
  }, everyMs);
  return () => clearInterval(timer);
}
