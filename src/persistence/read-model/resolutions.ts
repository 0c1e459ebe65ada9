/** Widths, in ms, at which candles and prices are kept; wider ones are put together from them when they are read. */
export const RESOLUTIONS_MS = [1_000, 60_000, 3_600_000] as const;

/** The widest kept resolution that `widthMs` is a multiple of (1 s if none is). */
export function resolutionFor(widthMs: number): number {
  let widest: number = RESOLUTIONS_MS[0];
  for (const resolution of RESOLUTIONS_MS) if (widthMs % resolution === 0) widest = resolution;
  return widest;
}

/** The start of the step that a time lies in. */
export const floorTo = (time: number, resolution: number): number => time - (time % resolution);
