import type { Json } from '../services/json.ts';
import { Refusal } from '../services/refusal.ts';

/** What a handler answers: JSON, a text of another type, or (204) nothing. */
export type Answer = {
  status: number;
  body?: Json;
  text?: { contentType: string; content: string | Uint8Array };
  headers?: Readonly<Record<string, string>>;
  /** Set-Cookie values */
  cookies?: readonly string[];
};

export const ok = (body: Json): Answer => ({ status: 200, body });
export const created = (body: Json): Answer => ({ status: 201, body });
/** An answer whose JSON is written already. */
export const jsonText = (status: number, content: string): Answer => ({
  status,
  text: { contentType: 'application/json; charset=utf-8', content },
});
export const noContent: Answer = { status: 204 };

/** A handler that is refused answers the refusal itself. */
export const orRefusal = <T>(result: T | Refusal, answer: (value: T) => Answer): Answer | Refusal =>
  result instanceof Refusal ? result : answer(result);
