import { readConfig } from '../../../dist/config.js';
import { startExchange } from '../../../dist/process/exchange.js';

/** The exchange with its streams tuned by the first argument (JSON), for what takes hours to happen with the usual sizes. */
const say = (text) => void process.stdout.write(`${text}\n`);
const exchange = await startExchange(readConfig(process.env), {
  onProgress: say,
  onFatal: (error) => {
    process.stderr.write(`${error}\n`);
    process.exit(1);
  },
  streams: JSON.parse(process.argv[2] ?? '{}'),
});
process.on('SIGINT', async () => {
  await exchange.stop();
  process.exit(0);
});
say(`BRIER_READY ${JSON.stringify({ url: exchange.url })}`);
