// All attempts of a runtime, one after the other.

import { AbhayaError } from '#base';
import { isDirectRuntime } from '#schemas';
import { AttackSession, type SessionOptions } from './attack-session.ts';
import type { AttackReport, AttackResult, AttackSuite } from './attack-suite.ts';

export interface AttackOptions extends SessionOptions {
  /** Only these; `input.invalid` where none is left. */
  readonly only?: ((attempt: string) => boolean) | undefined;
  /** The launcher has said where it runs. */
  readonly onOpen?: ((about: { readonly arch: string; readonly kernel: string }) => void) | undefined;
  /** Every `of`-th attack, from number `part` on (from 1), for machines that do several at once. */
  readonly share?: { readonly part: number; readonly of: number } | undefined;
  readonly onResult?: ((result: AttackResult, done: number, of: number) => void) | undefined;
}

/** Throws `host.setup` when the rows and the programs don't agree, `sandbox.unavailable`, and `cancelled`. */
export async function runAttacks(suite: AttackSuite, options: AttackOptions): Promise<AttackReport> {
  const { runtime } = suite;
  if (!isDirectRuntime(runtime) && options.files.runtimes[runtime] === undefined)
    throw new AbhayaError('sandbox.unavailable', `this machine does not offer ${runtime}: it is not built`);
  const known = await suite.attempts(options.files);
  // Said before a runtime is started, which takes its time.
  if (!known.some((name) => options.only?.(name) ?? true))
    throw new AbhayaError('input.invalid', `${runtime} has no such attack: ${known.join(', ')}`);
  const session = await AttackSession.open(suite, options);
  options.onOpen?.(session);
  const attacks: AttackResult[] = [];
  try {
    const disputed = disagreement(
      session.rows.map(({ attempt }) => attempt),
      known,
    );
    if (disputed.length > 0)
      throw new AbhayaError(
        'host.setup',
        `the attack programs and their rows differ (${disputed.join(', ')}): npm run build`,
      );
    const { part, of } = options.share ?? { part: 1, of: 1 };
    const rows = session.rows
      .filter(({ attempt }) => options.only?.(attempt) ?? true)
      .filter((_, i) => i % of === part - 1);
    for (const row of rows) {
      if (session.died)
        throw new AbhayaError(
          'sandbox.supervisor-died',
          `the launcher died of the attack ${attacks.at(-1)?.name}`,
        );
      const result = await session.run(row);
      attacks.push(result);
      options.onResult?.(result, attacks.length, rows.length);
    }
  } finally {
    const how = await session.close();
    if (how !== 0) attacks.push(diedAs(how));
  }
  return summary(suite, session, attacks);
}

const diedAs = (how: number | string): AttackResult => ({
  name: 'end-of-launcher',
  control: 'ok',
  outcome: 'escaped',
  reported: false,
  reason: 'no-report',
  ms: 0,
  problem: `the launcher ended with ${how}`,
});

const disagreement = (rows: readonly string[], programs: readonly string[]): string[] => [
  ...rows.filter((name) => !programs.includes(name)),
  ...programs.filter((name) => !rows.includes(name)),
];

const summary = (
  { runtime }: AttackSuite,
  { arch, kernel }: AttackSession,
  attacks: readonly AttackResult[],
): AttackReport => ({
  runtime,
  arch,
  kernel,
  attacks,
  escapes: attacks.filter(({ outcome }) => outcome === 'escaped').length,
  unreported: attacks.filter(({ reported }) => !reported).length,
  failedControls: attacks.filter(({ control }) => control === 'failed').length,
});

/** Nothing escaped, everything was reported, every control did what it should. */
export const isClean = ({
  escapes,
  unreported,
  failedControls,
}: Pick<AttackReport, 'escapes' | 'unreported' | 'failedControls'>): boolean =>
  escapes + unreported + failedControls === 0;
