import type { Plan, PlanAccount } from '../run/plan.ts';
import type { Random } from '../run/random.ts';
import type { Actor } from './actor.ts';
import { Trader } from './trader.ts';
import { BOOK_KINDS, Watcher } from './watcher.ts';

/** Each socket has an account of its own. */
export function accountOf({ accounts, sockets }: Plan, index: number, vu: number): PlanAccount {
  return accounts[((vu - 1) * sockets + index) % accounts.length] as PlanAccount;
}

export const trader = (plan: Plan, index: number, vu: number, random: Random): Actor =>
  new Trader(plan, accountOf(plan, index, vu), random, `${plan.seed.toString(36)}-${vu}-${index}`);

export const watcher = (plan: Plan, index: number, vu: number): Actor =>
  new Watcher(plan, accountOf(plan, index, vu), BOOK_KINDS[index % BOOK_KINDS.length] ?? {});
