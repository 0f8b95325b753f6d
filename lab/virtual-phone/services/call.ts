// A call of one of the phone's small commands, as its service sees it.

export interface Call {
  /** Name and arguments, as argv. */
  readonly argv: readonly string[];
  /** Working directory of the caller, inside the phone. */
  readonly cwd: string;
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
  out(text: string | Uint8Array): Promise<void>;
  err(text: string): Promise<void>;
  /** The caller's standard input, asked for when it is first read. */
  input(): AsyncIterable<Uint8Array>;
}

/** Answers a call; the value is the exit code. */
export type Service = (call: Call) => Promise<number> | number;
