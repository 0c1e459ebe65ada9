import type { WireError } from '../../protocol/errors.ts';

/** Frames of answers. `fields` is the inside of an object: `"time":17`. */
export const success = (id: number, fields: string): string => `{"id":${id},"ok":true,${fields}}`;

/** `id` null: the request had none that could be repeated. */
export const failure = (id: number | null, error: WireError): string =>
  `{"id":${id},"ok":false,"error":${JSON.stringify(error)}}`;
