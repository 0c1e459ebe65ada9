import { type ErrorCode, HTTP_STATUS } from '../../protocol/errors.ts';
import { errorView } from '../../protocol/http.ts';
import type { AnswerDoc } from './route.ts';

/** Documents the refusals a route may answer, by status. */
export function refusals(...codes: ErrorCode[]): Record<number, AnswerDoc> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(HTTP_STATUS[code], [...(byStatus.get(HTTP_STATUS[code]) ?? []), code]);
  const docs: Record<number, AnswerDoc> = {};
  for (const [status, names] of byStatus) docs[status] = { description: names.join(', '), schema: errorView };
  return docs;
}
