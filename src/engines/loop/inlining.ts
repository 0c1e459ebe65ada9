/** Flags of V8 for the thread that runs the engine. */
export const INLINING = [
  '--max-inlined-bytecode-size=2000',
  '--max-inlined-bytecode-size-cumulative=5000',
  '--max-optimized-bytecode-size=120000',
] as const;
