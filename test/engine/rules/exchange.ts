import { Engine } from '../../../src/engines/engine.ts';
import type { MarketImage } from '../../../src/engines/image.ts';
import { EngineDriver, type MarketInput } from '../../support/engineDriver.ts';

/** What everybody of {@link exchange} starts with: $100 in micros. */
export const GRANT = 100_000_000;

/** Accounts 1 to 5 with $100 each, and market 0; a hybrid’s book is on. */
export function exchange(options: MarketInput = {}): EngineDriver {
  const driver = new EngineDriver();
  for (let account = 1; account <= 5; account++) driver.open(account, GRANT);
  driver.createMarket('m', options);
  if (options.type === 'hybrid') driver.configure(0, { book: true });
  return driver;
}

export const trades = (events: string[]): string[] => events.filter((line) => line.startsWith('trade'));

export const marketOf = (driver: EngineDriver): MarketImage => driver.engine.image().markets[0] as MarketImage;

/** Restarts the engine from its snapshot; throws if that is not the same state. */
export function restart(driver: EngineDriver): void {
  const hash = driver.engine.stateHash();
  driver.engine = Engine.restore(driver.engine.snapshot());
  if (driver.engine.stateHash() !== hash) throw new Error('the snapshot left something out');
}
