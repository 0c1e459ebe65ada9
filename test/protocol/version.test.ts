import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROTOCOL_VERSION, protocolDocument } from '../../src/protocol/version.ts';

const recorded: Record<string, string> = JSON.parse(
  readFileSync(new URL('../fixtures/protocol-versions.json', import.meta.url), 'utf8'),
);

/** The document with the keys of each object in order: a module’s exports come in another order under another loader. */
const canonical = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

test('the schemas are those of the version they claim', () => {
  const hash = createHash('sha256')
    .update(JSON.stringify(JSON.parse(protocolDocument()), canonical))
    .digest('hex');
  expect(
    recorded[PROTOCOL_VERSION],
    `The messages are not those recorded for protocol ${PROTOCOL_VERSION}. Clients rely on them: if the change only adds ` +
      'optional fields, operations or channels, raise the minor part of PROTOCOL_VERSION (src/protocol/version.ts); if it ' +
      'takes away or changes meaning, the major part and the path. Describe it in docs/PROTOCOL.md and CHANGELOG.md, and ' +
      `record the version in test/fixtures/protocol-versions.json: "${PROTOCOL_VERSION}": "${hash}". A version that was ` +
      'never released may be recorded anew.',
  ).toBe(hash);
});
