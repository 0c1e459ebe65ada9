import type { Contender } from './contender.ts';
import { Core } from './core.ts';
import type { FlowCommands } from './flow.ts';
import { Peer } from './peers.ts';
import { WholeEngine } from './wholeEngine.ts';

/** Those that run in Node, by the name they have in the tables. */
export const CONTENDERS = {
  'nodejs-order-book': (flow: FlowCommands): Contender => new Peer('nodejs-order-book', flow),
  'hft-limit-order-book': (flow: FlowCommands): Contender => new Peer('hft-limit-order-book', flow),
  'engine’s matching core': (flow: FlowCommands): Contender => new Core(flow),
  engine: (flow: FlowCommands): Contender => new WholeEngine(flow, false),
  'engine + client ids': (flow: FlowCommands): Contender => new WholeEngine(flow, true),
} as const;
export type ContenderName = keyof typeof CONTENDERS;

/** So slow that they only run the beginning of a flow. */
export const SLOW: readonly string[] = ['nodejs-order-book', 'hft-limit-order-book'] satisfies ContenderName[];
