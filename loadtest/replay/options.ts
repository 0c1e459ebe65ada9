import { parseArgs } from 'node:util';

export const HELP = `Replays real questions and orders against a Brier exchange.

  npm run replay -- FOLDER [options]

FOLDER holds questions.csv and batch_limit_orders.csv (or .gz), the form in which the Good Judgment Project
published its auctions. What happens:

  1. every user who made an order is registered, given money and connected over a WebSocket of its own
  2. every question becomes an order-book market (a conditional question one per branch, the void ones too)
  3. every order is sent by its user, limit GTC, in the order of time; clientOrderId is PREFIX-<order id>
  4. every question is closed, then resolved by its real outcome or voided, and its settlement awaited
  5. a report: orders, rejections by code, fills, money before and after, settlement, calibration, latency

Order of sending. An order leaves when the one before it on the same market is answered, and when none of the orders
--window or more places before it is open. Different markets run side by side, so --window 1 is strict global order.
Books do not depend on the window as long as nobody runs out of money; the default deposit is above what any user of
the data set can have at stake at once, and a warning says when yours is not.

Restart. A replay that was stopped, or killed, is run again with the same command against the same exchange (--url or
--data-dir): accounts log in, deposits and orders are known by their ids and answered as duplicates, refused orders
that later ones have overtaken are not sent again, markets go on from their state. It ends in the same state.

Options
  --url URL              an exchange that runs; without it one is started here on a free port, and stopped at the end
  --data-dir DIR         data of the exchange that is started (default: a temporary folder, removed at the end)
  --keep                 keep the temporary folder and say where it is
  --admin-username NAME  operator's credentials; default BRIER_ADMIN_USERNAME and BRIER_ADMIN_PASSWORD, else the
  --admin-password PASS  file operator.json in --data-dir or BRIER_DATA_DIR
  --limit-questions N    only N questions, those that were traded first before those that never were
  --window N             see above (default 1024)
  --deposit DOLLARS      money for each user (default 10000)
  --prefix NAME          begins usernames, market ids, order ids; category of the markets (default gjp)
  --settlements FILE     write one line per question: market, ending, holders, paid (CSV)
  --verbose              print those lines
  --json                 print the report as one JSON object
  --help                 this text

Exit code: 0 done and money conserved, 1 not, 2 wrong arguments.
`;

export interface ReplayOptions {
  folder: string;
  url: string | undefined;
  dataDir: string | undefined;
  keep: boolean;
  adminUsername: string | undefined;
  adminPassword: string | undefined;
  limitQuestions: number;
  window: number;
  deposit: string;
  prefix: string;
  settlements: string | undefined;
  verbose: boolean;
  json: boolean;
}

const WINDOW_DEFAULT = 1024;
const DEPOSIT_DEFAULT = '10000';
/** Leaves room for the ids behind it in 32 characters of a username and 36 of a clientOrderId. */
const PREFIX = /^[a-z0-9]{1,12}$/;

/** `'help'`, the options, or throws an Error that says what is wrong with them. */
export function readOptions(args: string[]): ReplayOptions | 'help' {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      'data-dir': { type: 'string' },
      keep: { type: 'boolean', default: false },
      'admin-username': { type: 'string' },
      'admin-password': { type: 'string' },
      'limit-questions': { type: 'string' },
      window: { type: 'string', default: String(WINDOW_DEFAULT) },
      deposit: { type: 'string', default: DEPOSIT_DEFAULT },
      prefix: { type: 'string', default: 'gjp' },
      settlements: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const [folder, ...rest] = positionals;
  if (folder === undefined || rest.length > 0) throw new Error('exactly one folder is needed');
  if (values.url !== undefined && !/^https?:\/\//.test(values.url)) throw new Error('--url is http(s)://host:port');
  if (values.url !== undefined && values.keep) {
    throw new Error('--keep is for an exchange that is started here, not for --url');
  }
  if (!PREFIX.test(values.prefix)) throw new Error('--prefix is 1 to 12 letters a-z and digits');
  if (!/^[1-9]\d{0,8}$/.test(values.deposit)) throw new Error('--deposit is whole dollars');
  return {
    folder,
    url: values.url,
    dataDir: values['data-dir'],
    keep: values.keep,
    adminUsername: values['admin-username'],
    adminPassword: values['admin-password'],
    limitQuestions: positive('--limit-questions', values['limit-questions'] ?? String(Number.MAX_SAFE_INTEGER)),
    window: positive('--window', values.window),
    deposit: values.deposit,
    prefix: values.prefix,
    settlements: values.settlements,
    verbose: values.verbose,
    json: values.json,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is a whole number of at least 1`);
  return value;
}
