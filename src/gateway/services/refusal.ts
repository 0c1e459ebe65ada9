import type { ErrorCode, WireError } from '../../protocol/errors.ts';

/** The client’s fault, or a state that does not allow it: returned, never thrown. */
export class Refusal {
  readonly error: WireError;

  constructor(code: ErrorCode, message: string, more: Omit<WireError, 'code' | 'message'> = {}) {
    this.error = { code, message, ...more };
  }

  static of({ code, message, ...more }: WireError): Refusal {
    return new Refusal(code, message, more);
  }
}
