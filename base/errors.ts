// Expected failures are AbhayaError; anything else that is thrown is a bug. One shape crosses processes.

import { type ErrorCode, errorKinds, isErrorCode } from './error-codes.ts';

export interface ErrorShape {
  readonly code: ErrorCode | 'bug';
  /** One sentence for the user: what happened and, where known, what to do. */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export class AbhayaError extends Error {
  override readonly name = 'AbhayaError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details;
  }
}

export const isAbhayaError = (error: unknown, code?: ErrorCode): error is AbhayaError =>
  error instanceof AbhayaError && (code === undefined || error.code === code);

/** What may leave the process: a bug's message is kept, its stack is not. */
export function toErrorShape(error: unknown): ErrorShape {
  if (error instanceof AbhayaError) {
    return error.details === undefined
      ? { code: error.code, message: error.message }
      : { code: error.code, message: error.message, details: error.details };
  }
  if (error instanceof Error && error.name === 'AbortError')
    return { code: 'cancelled', message: 'cancelled' };
  return { code: 'bug', message: error instanceof Error ? error.message : String(error) };
}

/** The error that another process reported; a code that we don't know becomes a plain Error. */
export function fromErrorShape(shape: { code: string; message: string; details?: object }): Error {
  if (!isErrorCode(shape.code)) return new Error(shape.message);
  return new AbhayaError(
    shape.code,
    shape.message,
    shape.details ? { details: shape.details as Record<string, unknown> } : {},
  );
}

export const exitCodeOf = (code: ErrorShape['code']): number => (code === 'bug' ? 1 : errorKinds[code].exit);

export const httpStatusOf = (code: ErrorShape['code']): number =>
  code === 'bug' ? 500 : errorKinds[code].http;
