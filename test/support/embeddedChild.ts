// An exchange reduced to its database: run as a process of its own, to be killed or interrupted by a test.
import { connect } from '../../src/persistence/postgres/connect.ts';
import { startEmbedded } from '../../src/persistence/postgres/embedded.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const server = await startEmbedded({ dataDir: process.argv[2]! });

process.on('SIGINT', async () => {
  // Ctrl-C has reached the whole process group by now: the database must still answer while we drain.
  const sql = connect(server.url, { applicationName: 'child', max: 1 });
  const [row] = await sql<{ answer: number }[]>`select 42 as answer`;
  await sql.end();
  say(`answer ${row!.answer}`);
  await server.stop();
  say('stopped');
  process.exit(0);
});
setInterval(() => {}, 60_000);
say(`ready ${server.pid}`);
