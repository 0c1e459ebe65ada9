import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Message, TestGateway } from './support/gateway.ts';
import { Book } from './support/mirror.ts';

/** The rows of the worked example in docs/PROTOCOL.md: message, text, checksum. */
function example(): { message: Message; text: string; crc: number }[] {
  const document = readFileSync(new URL('../../docs/PROTOCOL.md', import.meta.url), 'utf8');
  const section = document.split('\n## Checksum\n')[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| `(\{.*\})` \| `(.*)` \| (\d+) \|$/gm)].map(([, message, text, crc]) => ({
    message: JSON.parse(message as string),
    text: (text as string).replaceAll('\\|', '|'),
    crc: Number(crc),
  }));
}

test('the worked example of the checksum is what a client gets, and what it computes', async () => {
  const rows = example();
  expect(rows).toHaveLength(6);
  const gateway = await TestGateway.start();
  await gateway.createMarket('rain');
  const [maker, other, client] = [await gateway.client(1), await gateway.client(2), await gateway.client()];
  const channels = [{ ch: 'book', market: 'rain' }];
  await client.ok('subscribe', { channels });
  await maker.place({ size: '10', price: '0.54' });
  await maker.place({ size: '2.5', price: '0.55' });
  await maker.place({ side: 'sell', size: '3', price: '0.56' });
  await other.place({ side: 'sell', size: '3.5', price: '0.55' });
  await client.ok('subscribe', { channels });
  const told = (await client.of('book')).filter(({ type }) => type !== 'heartbeat');
  const book = new Book();
  expect(told).toHaveLength(rows.length);
  for (const [i, { message, text, crc }] of rows.entries()) {
    const { ch, type, bids, asks } = told[i];
    expect({ ch, type, bids, asks }).toEqual(message);
    // The mirror computes the checksum of what it holds, and compares.
    book.take(told[i]);
    expect(told[i].crc).toBe(crc);
    expect(crc32(text)).toBe(crc);
  }
  expect(book.checked).toBe(rows.length);
  await gateway.stop();
});
