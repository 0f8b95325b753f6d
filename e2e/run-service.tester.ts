// One run of a service by the command line, from one phone on another, and what it says about it.

import type { LabTester } from './lab.tester.ts';

export interface RunDocument {
  readonly exitCode: number;
  readonly taskId: string;
  readonly state: string;
  readonly device: string;
  readonly hops: number;
  readonly attempts: number;
  /** `value` of JSON outputs; here it is what wordcount counts. */
  readonly outputs: readonly {
    readonly name: string;
    readonly path: string;
    readonly value?: { lines: number; words: number; bytes: number; top: unknown[] };
  }[];
  readonly timeline: readonly { readonly state: string; readonly atMs: number }[];
  readonly report: { readonly reason: string; readonly layers: readonly string[] };
  readonly error?: { readonly code: string; readonly message: string };
}

/** `input` is `name=file`; `from` and `on` are serials. */
export const runService = (
  lab: LabTester,
  {
    service,
    input,
    from,
    on,
  }: { service: string; input: string; from: string | undefined; on: string | undefined },
): Promise<RunDocument> =>
  lab.json<RunDocument>('run', service, '--input', input, '--from', from ?? '', '--on', on ?? '');
