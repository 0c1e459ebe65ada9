import { done, emitBalance, refuse, refuseLimit } from '../emit.ts';
import { LIMITS } from '../limits.ts';
import * as R from '../records/buffer.ts';
import * as C from '../records/commands.ts';
import { CAUSE, DONE_FLAGS, DUPLICATE } from '../records/events.ts';
import type { State } from '../state.ts';

/** Opens an account with its grant. Opening one that exists changes nothing: a repeated registration grants nothing twice. */
export function openAccount(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const grant = f64[(at + C.AMOUNT) >> 1] as number;
  const no = (code: 'INVALID_REQUEST', field: 'id' | 'amount') =>
    refuse(state, C.COMMAND.OPEN_ACCOUNT, account, -1, code, field);
  if (account <= C.HOUSE) return no('INVALID_REQUEST', 'id');
  if (account >= LIMITS.accounts) return refuseLimit(state, C.COMMAND.OPEN_ACCOUNT, account, -1, 'accounts', '');
  if (!(grant >= 0 && grant <= LIMITS.balance)) return no('INVALID_REQUEST', 'amount');
  const opened = !state.accounts.has(account);
  if (opened) {
    state.accounts.open(account);
    state.accounts.pay(account, grant);
    state.depositTotal += grant;
    emitBalance(state, account, -1, grant, CAUSE.OPENED);
  }
  const end = done(state, C.COMMAND.OPEN_ACCOUNT, account, -1);
  if (!opened) state.events.i32[end + DONE_FLAGS] = DUPLICATE;
}

/** Credits an account once per reference: a repeat is answered as a duplicate, another amount or account is a conflict. */
export function deposit(state: State, i32: Int32Array, f64: Float64Array, at: number): void {
  const account = i32[at + R.ACCOUNT] as number;
  const amount = f64[(at + C.AMOUNT) >> 1] as number;
  const reference = C.readText(i32, at + C.AMOUNT + 2);
  const no = (code: Parameters<typeof refuse>[4], field: 'amount' | 'reference' | 'id') =>
    refuse(state, C.COMMAND.DEPOSIT, account, -1, code, field);
  if (!state.accounts.has(account)) return no('NOT_FOUND', 'id');
  if (!(amount > 0)) return no('INVALID_REQUEST', 'amount');
  const before = state.deposits.get(reference);
  if (before !== undefined) {
    if (before.account !== account || before.amount !== amount) return no('CONFLICT', 'reference');
    const end = done(state, C.COMMAND.DEPOSIT, account, -1);
    state.events.i32[end + DONE_FLAGS] = DUPLICATE;
    return;
  }
  if (state.accounts.balance(account) + amount > LIMITS.balance)
    return refuseLimit(state, C.COMMAND.DEPOSIT, account, -1, 'balance', 'amount');
  if (state.depositTotal + amount > Number.MAX_SAFE_INTEGER)
    return refuseLimit(state, C.COMMAND.DEPOSIT, account, -1, 'balance', 'amount');
  state.deposits.set(reference, { account, amount });
  state.accounts.pay(account, amount);
  state.depositTotal += amount;
  emitBalance(state, account, -1, amount, CAUSE.DEPOSIT);
  done(state, C.COMMAND.DEPOSIT, account, -1);
}
