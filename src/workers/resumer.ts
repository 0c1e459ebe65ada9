import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { connect } from '../persistence/postgres/connect.ts';
import type { FromResumer, ToResumer } from '../persistence/resume/messages.ts';
import { ResumeServer } from '../persistence/resume/resumeServer.ts';
import type { ResumerWorkerData } from '../process/resumerThread.ts';
import { nameThread } from '../process/threadName.ts';

/** The thread that makes old events again from the journal. */
const port = parentPort;
if (port === null) throw new Error('the resumer runs in a worker thread');
nameThread('resumer');
const { databaseUrl, shard } = workerData as ResumerWorkerData;

// Whoever resumes can wait; orders may not. On Linux, 0 is the calling thread; elsewhere it would be the whole process.
const NICE = 10;
if (process.platform === 'linux') setPriority(0, NICE);

const sql = connect(databaseUrl, { max: 2, applicationName: 'brier-resumer' });
const server = new ResumeServer({
  sql,
  shard,
  say: (message: FromResumer, handedOver: ArrayBuffer[] = []) => port.postMessage(message, handedOver),
});
port.on('message', (message: ToResumer) => server.receive(message));
await server.run();
await sql.end({ timeout: 1 });
port.close();
