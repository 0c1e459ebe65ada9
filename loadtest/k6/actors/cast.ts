import type { Plan, PlanAccount } from '../run/plan.ts';
import type { Random } from '../run/random.ts';
import type { Cast } from '../run/runVu.ts';
import type { Actor } from './actor.ts';
import { Maker } from './maker.ts';
import { Trader } from './trader.ts';
import { Visitor } from './visitor.ts';
import { BOOK_KINDS, Watcher } from './watcher.ts';

/** Each socket has an account of its own. */
export function accountOf({ accounts, sockets }: Plan, index: number, vu: number): PlanAccount {
  return accounts[((vu - 1) * sockets + index) % accounts.length] as PlanAccount;
}

export const trader = (plan: Plan, index: number, vu: number, random: Random): Actor =>
  new Trader(plan, accountOf(plan, index, vu), random, `${plan.seed.toString(36)}-${vu}-${index}`);

export const watcher = (plan: Plan, index: number, vu: number): Actor =>
  new Watcher(plan, accountOf(plan, index, vu), BOOK_KINDS[index % BOOK_KINDS.length] ?? {});

export const maker = (plan: Plan, index: number, vu: number, random: Random): Actor =>
  new Maker(plan, accountOf(plan, index, vu), random);

export const visitor = (plan: Plan, index: number, vu: number, random: Random): Actor =>
  new Visitor(plan, accountOf(plan, index, vu), random);

const MIXED_STORM_MS = 5000;

/** Of each four sockets two trade, one makes markets and one watches; connections are lost now and then. */
export const mixedCast = (plan: Plan): Cast => ({
  actor: (index, vu, random) => {
    const part = index % 4;
    if (part === 1) return maker(plan, index, vu, random);
    return part === 2 ? watcher(plan, index, vu) : trader(plan, index, vu, random);
  },
  storms: { everyMs: MIXED_STORM_MS },
});
