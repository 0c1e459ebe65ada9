import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { answers, failure } from '../../src/protocol/answers.ts';
import { parseRequest } from '../../src/protocol/requests.ts';
import { streams } from '../../src/protocol/streams.ts';

/** A line of an example, with or without the arrow of a worked session. */
const EXAMPLE = /^(?:[→←][A-Z]? ?)?(\{".*\})$/;

/** Schemas of messages whose type says more than their channel. */
const BY_TYPE: Record<string, z.ZodType | undefined> = {
  heartbeat: streams.heartbeat,
  'caught-up': streams.caughtUp,
  'self-trade': streams.selfTrade,
  protection: streams.protectionChange,
  queue: streams.queue,
  draining: streams.server,
  'book.l3 snapshot': streams.bookL3Snapshot,
  'book.l3 delta': streams.bookL3Delta,
};

type Line = { id?: number; op?: string; ok?: boolean; ch?: string; type?: string };

function streamSchema({ ch = '', type = '' }: Line): z.ZodType | undefined {
  const schemas: Record<string, z.ZodType | undefined> = streams;
  const special = BY_TYPE[type] ?? BY_TYPE[`${ch} ${type}`];
  return special ?? (type === 'snapshot' ? schemas[`${ch}Snapshot`] : undefined) ?? schemas[ch];
}

/** What is wrong with an example; answers are those of the request with their id that stands before them. */
function fault(line: Line, asked: Map<number, string>): unknown {
  if (line.op !== undefined) {
    asked.set(line.id ?? -1, line.op);
    const request = parseRequest(line);
    return 'op' in request ? undefined : request;
  }
  const operation = asked.get(line.id ?? -1);
  if (line.ok === true && operation === undefined) return undefined;
  let schema: z.ZodType | undefined = failure;
  if (line.ch !== undefined) schema = streamSchema(line);
  else if (line.ok === true) schema = answers[operation as keyof typeof answers];
  return schema === undefined ? 'nothing known' : schema.safeParse(line).error?.issues[0];
}

test('the examples of docs/PROTOCOL.md are messages of the protocol', () => {
  const text = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const asked = new Map<number, string>();
  const faults: unknown[] = [];
  let examples = 0;
  for (const line of text.split('\n')) {
    const json = EXAMPLE.exec(line)?.[1];
    // Shapes with an ellipsis are no examples.
    if (json === undefined || json.includes('…')) continue;
    const example: Line = JSON.parse(json);
    examples++;
    const wrong = fault(example, asked);
    if (wrong !== undefined) faults.push([json.slice(0, 120), wrong]);
  }
  expect(faults).toEqual([]);
  expect(examples).toBeGreaterThan(60);
});
