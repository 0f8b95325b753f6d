// What is attacked on the arm64 machine, in parts: each is a boot of its own with a bounded time, so that one that hangs or
// fails takes nothing else with it. A runtime that is listed and isn't offered there is a failure.

import type { SandboxRuntime } from '#agent/sandbox';
import type { Patience } from '#lab/arm64-machine';
import type { Listener } from '#lab/sandbox-lab';

export const armAbis = ['arm64-v8a', 'armeabi-v7a'] as const;
export type ArmAbi = (typeof armAbis)[number];

/** One job: the attacks of a runtime, or a share of them, the launcher's own unit tests, or real programs. */
export type Work =
  | {
      readonly kind: 'attacks';
      readonly abi: ArmAbi;
      readonly runtime: SandboxRuntime;
      readonly share?: string;
      /** Absent: as the launcher finds best on the guest's kernel. */
      readonly listener?: Listener;
      /** Each in a process that was there before it. */
      readonly warm?: boolean;
    }
  | { readonly kind: 'unit'; readonly abi: ArmAbi }
  /** The real programs in Go (android-shim/programs). */
  | { readonly kind: 'programs'; readonly abi: 'arm64-v8a' };

export interface Part {
  readonly name: string;
  /** Beside each other, about equally long; the work of a lane is done one after the other. */
  readonly lanes: readonly (readonly Work[])[];
  /** Its runtime is not offered yet: its attacks have not passed here. */
  readonly trial?: true;
  /** On two cores that have nothing else to do. */
  readonly minutes: number;
  readonly patience: Patience;
}

const attacks = (runtime: SandboxRuntime, share?: string, abi: ArmAbi = 'arm64-v8a'): Work => ({
  ...{ kind: 'attacks', abi, runtime },
  ...(share !== undefined && { share }),
});
/** As phones see calls whose kernel is older than 5.5. */
const traced = (runtime: SandboxRuntime, abi: ArmAbi = 'arm64-v8a'): Work => ({
  ...{ kind: 'attacks', abi, runtime, listener: 'trace' },
});
/** Each in a process that was there before its program. */
const warm = (abi: ArmAbi): Work => ({ kind: 'attacks', abi, runtime: 'native', warm: true });
const unit = (abi: ArmAbi): Work => ({ kind: 'unit', abi });

/**
 * An attack and its control may take ten minutes by their own deadlines, and canaries five. A busy machine may take five
 * times as long as a quiet one.
 */
const takes = (minutes: number): Pick<Part, 'minutes' | 'patience'> => ({
  minutes,
  patience: { silenceMs: 610_000, longestMs: minutes * 5 * 60_000 },
});
const shares = (runtime: SandboxRuntime, ...of: readonly string[]): Work[][] =>
  of.map((share) => [attacks(runtime, share)]);

/** Of every `npm test`. */
export const gate: Part = {
  name: 'gate',
  lanes: [
    [attacks('native'), attacks('native', undefined, 'armeabi-v7a'), unit('armeabi-v7a'), unit('arm64-v8a')],
    [attacks('nodejs')],
  ],
  ...takes(3),
};

/** What takes longer than every `npm test` should. */
export const more: readonly Part[] = [
  {
    name: 'traced',
    lanes: [[traced('native'), traced('native', 'armeabi-v7a')], [traced('nodejs')]],
    ...takes(6),
  },
  { name: 'native-warm', lanes: [[warm('arm64-v8a')], [warm('armeabi-v7a')]], ...takes(3) },
  { name: 'go', lanes: shares('go', '1/2', '2/2'), ...takes(4) },
  { name: 'go-programs', lanes: [[{ kind: 'programs', abi: 'arm64-v8a' }]], ...takes(3) },
  { name: 'wasm', lanes: shares('wasm', '1/2', '2/2'), ...takes(4) },
  { name: 'python', lanes: shares('python', '1/2', '2/2'), ...takes(3) },
  // A JVM takes five seconds and more to start there, and fifty on a busy machine.
  { name: 'jvm-1', lanes: shares('jvm', '1/4', '2/4'), ...takes(4) },
  { name: 'jvm-2', lanes: shares('jvm', '3/4', '4/4'), ...takes(4) },
];

export const nameOf = (work: Work): string =>
  work.kind !== 'attacks'
    ? `${work.kind === 'unit' ? 'unit tests' : 'programs in Go'} ${work.abi}`
    : [
        ...[work.runtime, work.abi, ...(work.share === undefined ? [] : [work.share])],
        ...(work.listener === undefined ? [] : [`by ${work.listener}`]),
        ...(work.warm === true ? ['warm'] : []),
      ].join(' ');
