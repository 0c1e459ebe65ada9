import { expect } from 'vitest';
import type { ErrorCode } from '../../../src/protocol/errors.ts';
import type { Message, TestGateway } from '../support/gateway.ts';
import type { Peer } from './peer.ts';

/** Whom a script is about: a client that begins without a login, and account 2 that trades with it. */
export type Cast = { gateway: TestGateway; peer: Peer; other: Peer };

/** A request with what its answer must be, or what happens meanwhile. A request without `id` gets the number of its step. */
export type Step = { ask: unknown; check: (answer: Message) => void } | { meanwhile: (cast: Cast) => unknown };

/** `fields`: what the answer has besides, at least. */
export const ok = (ask: object, fields: object = {}): Step => ({
  ask,
  check: (answer) => expect(answer, JSON.stringify(ask)).toMatchObject({ ok: true, ...fields }),
});

/** `more`: what the error has besides its code and field, at least. */
export const refused = (ask: unknown, code: ErrorCode, field?: string, more: object = {}): Step => ({
  ask,
  check: ({ ok, error }) => {
    expect([ok, error?.code, error?.field], JSON.stringify(ask)).toEqual([false, code, field]);
    expect(error).toMatchObject(more);
  },
});

/** A batch, and what became of each of its requests: the code of those that were refused, with the field. */
export const batch = (ask: object, ...of: ('ok' | readonly [ErrorCode, string?])[]): Step => ({
  ask,
  check: ({ results }) => {
    const became = results?.map(({ ok, error }: Message) => (ok ? 'ok' : [error.code, error.field]));
    expect(became, JSON.stringify(ask)).toEqual(of.map((one) => (one === 'ok' ? one : [one[0], one[1]])));
  },
});

export const meanwhile = (what: (cast: Cast) => unknown): Step => ({ meanwhile: what });

/** What account 2 does. */
export const otherDoes = (request: object): Step => meanwhile(({ other }) => other.ok({ id: 1, ...request }));
