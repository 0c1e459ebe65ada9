import { expect } from 'vitest';
import type * as z from 'zod';
import * as views from '../../../src/protocol/http.ts';
import { Api } from './api.ts';
import type { Login } from './client.ts';

const PAGE = 100;
const hundredths = (text: string): number => Math.round(Number(text) * 100);
/** Prices here are whole cents, and sizes hundredths of shares: their product is hundredths of cents. */
const MICROS = 100;

type Account = z.output<typeof views.accountAnswer>;
type Fill = z.output<typeof views.fillView>;

/** The account of each login, from the engine. */
export const accountsOf = (url: string, logins: readonly Login[]): Promise<Account[]> =>
  Promise.all(logins.map((login) => new Api(url, login.accessToken).get(views.accountAnswer, '/account')));

/** Every fill of an account, from history. */
export async function fillsOf(url: string, login: Login): Promise<Fill[]> {
  const api = new Api(url, login.accessToken);
  const fills: Fill[] = [];
  for (let cursor = ''; ; ) {
    const page = await api.get(views.fillsView, `/fills?limit=${PAGE}${cursor}`);
    fills.push(...page.fills);
    if (page.nextCursor === undefined) return fills;
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`;
  }
}

/**
 * An account’s balance and position are what its fills make of what it began with, all reckoned as trades in YES: buying NO at
 * q is selling YES at 1 − q, and who is short holds NO, each with a set that was minted for $1.
 */
export function expectAccountOfFills(account: Account, fills: readonly Fill[], beganWith: number): number {
  expect(new Set(fills.map(({ tradeId, orderId }) => `${tradeId} ${orderId}`)).size).toBe(fills.length);
  let micros = beganWith * 1_000_000;
  let net = 0;
  for (const { outcome, side, price, size } of fills) {
    const lots = hundredths(size);
    const cents = outcome === 'YES' ? hundredths(price) : 100 - hundredths(price);
    const sign = (side === 'buy') === (outcome === 'YES') ? 1 : -1;
    net += sign * lots;
    micros -= sign * cents * lots * MICROS;
  }
  micros -= Math.max(0, -net) * 100 * MICROS;
  expect(Math.round(Number(account.balance) * 1e6)).toBe(micros);
  expect(account.positions.map(({ outcome, size }) => [outcome, hundredths(size)])).toEqual(
    net === 0 ? [] : [[net > 0 ? 'YES' : 'NO', Math.abs(net)]],
  );
  return net;
}

/** The book that the open orders of all accounts make, in the terms of YES. */
export function bookOf(accounts: readonly Account[]): { bids: [string, string][]; asks: [string, string][] } {
  const levels = { buy: new Map<number, number>(), sell: new Map<number, number>() };
  for (const { outcome, side, price = '', remaining } of accounts.flatMap(({ orders }) => orders)) {
    const cents = outcome === 'YES' ? hundredths(price) : 100 - hundredths(price);
    const level = levels[(side === 'buy') === (outcome === 'YES') ? 'buy' : 'sell'];
    level.set(cents, (level.get(cents) ?? 0) + hundredths(remaining));
  }
  const list = (level: Map<number, number>): [string, string][] =>
    [...level].sort(([a], [b]) => a - b).map(([cents, lots]) => [(cents / 100).toFixed(2), (lots / 100).toFixed(2)]);
  return { bids: list(levels.buy).reverse(), asks: list(levels.sell) };
}
