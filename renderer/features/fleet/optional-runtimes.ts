// Whether a phone offers optional runtimes, what that costs it, and how far what it needs has come. Pure.

import type { PhoneView } from '#schemas';
import { bytes, percent } from '../../parts/format.ts';

/** What one process that waits holds at most, JavaScript, WebAssembly or Python (runtimes-offer.ts). */
const WAITING_MB = 10;

export interface OptionalRuntimes {
  readonly on: boolean;
  /** Why the choice can't be changed now. */
  readonly fixed?: string;
  readonly costs: string;
  /** While something is sent: how far it is. */
  readonly sent?: { readonly text: string; readonly percent: number };
  /** What is still to come, or why it doesn't. */
  readonly note?: string;
}

export function optionalRuntimesOf(phone: PhoneView): OptionalRuntimes {
  const { state, sandbox, profile, pushing } = phone;
  const flagship = profile === 'flagship';
  const fixed =
    state !== 'running'
      ? 'No agent is attached: it can be changed when the phone runs.'
      : flagship
        ? 'A flagship offers them by itself.'
        : undefined;
  const note = state === 'running' && !pushing ? noteOf(phone) : undefined;
  return {
    ...{ on: flagship || sandbox?.optional === true, costs: costsOf(phone) },
    ...(fixed === undefined ? {} : { fixed }),
    ...(pushing
      ? {
          sent: {
            text: `${pushing.runtime}: ${bytes(pushing.sentBytes)} of ${bytes(pushing.totalBytes)} sent`,
            percent: Math.min(100, (100 * pushing.sentBytes) / Math.max(1, pushing.totalBytes)),
          },
        }
      : {}),
    ...(note === undefined ? {} : { note }),
  };
}

/** For a screen reader: few enough steps to be listened to. */
export const spokenPercent = (of: number): string => percent(Math.floor(of / 10) * 10);

function costsOf({ optionalBytes, sandbox }: PhoneView): string {
  const memory = `up to ${WAITING_MB} MB of memory for each that a service has used`;
  if (sandbox?.modules?.python?.hash !== undefined)
    return `Python is on the phone${optionalBytes ? ` (${bytes(optionalBytes)} of storage)` : ''} and stays there; ${memory}.`;
  return optionalBytes
    ? `It costs ${bytes(optionalBytes)} of storage, sent once and kept, and ${memory}.`
    : `It costs ${memory}.`;
}

function noteOf({ sandbox, optionalBytes }: PhoneView): string | undefined {
  const python = sandbox?.modules?.python;
  if (!python?.wanted || python.hash !== undefined) {
    const lacks = sandbox?.optional ? (['nodejs', 'wasm', 'python'] as const) : [];
    const [why] = lacks.flatMap((name) => sandbox?.lacks?.[name] ?? []);
    return why === undefined ? undefined : `Not all of them are offered: ${why}.`;
  }
  return optionalBytes
    ? 'Python is still to be sent; that is tried again and again.'
    : 'This lab host has no Python for this phone.';
}
