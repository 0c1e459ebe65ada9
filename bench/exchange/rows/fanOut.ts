import type { FanOutResult } from '../../generator/tasks.ts';
import { coresOf, openFilesMax } from '../cpu.ts';
import { type Loaded, load } from '../load.ts';
import { boundBy, count, cpuNote, fixed, ms, msOf, pick, type Row, times } from '../row.ts';

const SOCKETS = 2_000;
const PER_SECOND = 50;
const CPU_TARGET = 1.5;
const P99_MS = 20;
const MARKET = 'bench-fan';
/** Files that a process has open besides its sockets. */
const OTHER_FILES = 200;

const microseconds = (cores: number, { result }: Loaded<FanOutResult>): number =>
  (cores * result.seconds * 1e6) / result.delivered;

export const fanOut: Row = {
  name: 'fanOut',
  about: '2,000 sockets on one book at 50 updates a second, beside raw publish of the same frames',
  async run({ bed, scale }) {
    await bed.market(MARKET);
    const tokens = await bed.tokens(1);
    const wanted = pick(scale, SOCKETS, SOCKETS, 10);
    const sockets = Math.min(wanted, openFilesMax() - OTHER_FILES);
    const seconds = pick(scale, 20, 8, 0.5);
    const task = { kind: 'fanOut', sockets, perSecond: PER_SECOND, seconds, market: MARKET } as const;
    const target = { url: bed.exchange.url, tokens };
    // The compiler has seen the path before the clock runs.
    await load({ ...task, target, seconds: pick(scale, 5, 2, 0.1) }, []);
    await bed.quiet();
    const book = await load({ ...task, target }, bed.watched);
    const publish = async (length: number) => {
      const target = { url: bed.publisher.url, tokens: [undefined] };
      const frames = book.result.frames.slice(0, Math.ceil(PER_SECOND * length));
      const bare = { ...task, target, seconds: Math.min(length, frames.length / PER_SECOND), frames };
      return load(bare, [{ label: 'publisher', pid: bed.publisher.pid, mainThread: 'publisher' }]);
    };
    await publish(pick(scale, 5, 2, 0.1));
    const raw = await publish(seconds);
    const gateway = microseconds(book.cpu['exchange/gateway'] ?? Number.NaN, book);
    const whole = microseconds(coresOf(book.cpu, 'exchange'), book);
    const bare = microseconds(coresOf(raw.cpu, 'publisher'), raw);
    const { latencyMs, missing, delivered } = book.result;
    const ratio = whole / bare;
    return {
      what: `fan-out: ${count(sockets)} sockets on one book, ${PER_SECOND} updates/s`,
      measured: `${fixed(whole)} µs of CPU a delivery, p99 ${ms(latencyMs.p99)} ms`,
      baseline: `raw publish ${fixed(bare)} µs, p99 ${ms(raw.result.latencyMs.p99)} ms`,
      ratio: times(ratio),
      target: `≤ ${CPU_TARGET} ×, p99 ≤ ${P99_MS} ms`,
      met: ratio <= CPU_TARGET && latencyMs.p99 <= P99_MS,
      notes: [
        ...(sockets < wanted
          ? [`only ${sockets} sockets: the limit of open files (ulimit -n) is ${openFilesMax()}`]
          : []),
        `the gateway’s thread alone ${fixed(gateway)} µs (${times(gateway / bare)}); the whole process carries out and commits the orders, too`,
        `delivery, from when the order was due, p50 / p99 / p99.9: ${msOf(latencyMs)}; ${count(delivered)} deliveries, ${missing} missing`,
        cpuNote('book', book.cpu),
        cpuNote('publish', raw.cpu),
        `bound by ${boundBy(book.cpu)}`,
      ],
      data: {
        book: { ...book.result, frames: undefined, cpu: book.cpu },
        publish: { ...raw.result, frames: undefined, cpu: raw.cpu },
        gatewayMicroseconds: gateway,
        microseconds: whole,
        publishMicroseconds: bare,
      },
    };
  },
};
