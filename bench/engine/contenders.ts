import type { Contender } from './contender.ts';
import type { FlowCommands } from './flow.ts';

type Make = (flow: FlowCommands) => Contender;

/** Those that run in Node, by the name they have in the tables. A process loads only the one that it measures. */
export const CONTENDERS = {
  'nodejs-order-book': async (): Promise<Make> => {
    const { Peer } = await import('./peers.ts');
    return (flow) => new Peer('nodejs-order-book', flow);
  },
  'hft-limit-order-book': async (): Promise<Make> => {
    const { Peer } = await import('./peers.ts');
    return (flow) => new Peer('hft-limit-order-book', flow);
  },
  'engine’s matching core': async (): Promise<Make> => {
    const { Core } = await import('./core.ts');
    return (flow) => new Core(flow);
  },
  engine: async (): Promise<Make> => {
    const { WholeEngine } = await import('./wholeEngine.ts');
    return (flow) => new WholeEngine(flow, false);
  },
  'engine + client ids': async (): Promise<Make> => {
    const { WholeEngine } = await import('./wholeEngine.ts');
    return (flow) => new WholeEngine(flow, true);
  },
} as const;
export type ContenderName = keyof typeof CONTENDERS;

/** So slow that they only run the beginning of a flow. */
export const SLOW: readonly string[] = ['nodejs-order-book', 'hft-limit-order-book'] satisfies ContenderName[];
