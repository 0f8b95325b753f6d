// Runtimes, figures and their units in words. Pure.

import type {
  AppVerbs,
  SandboxAttackView,
  SandboxDifference,
  SandboxOffer,
  SandboxRunView,
  SandboxUnit,
} from '#schemas';
import { bytes, count } from '../../parts/format.ts';
import type { Tone } from '../../theme/theme.ts';

const runtimeNames: Readonly<Record<string, string>> = {
  native: 'Native',
  go: 'Go',
  nodejs: 'JavaScript',
  wasm: 'WebAssembly',
  jvm: 'JVM',
  python: 'Python',
};
/** In this order everywhere; others follow. */
export const knownRuntimes = Object.keys(runtimeNames);
export const runtimeName = (runtime: string): string => runtimeNames[runtime] ?? runtime;

export const placeName = (place: string): string => (place === 'local' ? 'This machine' : place);

const figures: Readonly<Record<string, string>> = {
  start: 'Start to first byte',
  teardown: 'Teardown',
  end: 'First byte to report, service ends',
  denial: 'First byte to report, forbidden call',
  pipe: 'Through the pipes',
  'memory-floor': 'Smallest memory that works',
  'peak-memory': 'Memory of a trivial service',
  compute: 'Computing',
};
export const figureName = (what: string): string => figures[what] ?? what;

/** Enough digits to tell near ones apart, and always the unit. */
export function figureText(value: number, unit: SandboxUnit): string {
  if (unit === 'bytes') return bytes(value);
  if (unit === 'MB/s') return `${Math.round(value).toLocaleString()} MB/s`;
  if (unit === 'ticks') return `${(value / 1e6).toFixed(1)} M ticks`;
  return `${value >= 100 ? Math.round(value) : value.toFixed(value < 10 ? 2 : 1)} ms`;
}

export type OfferState = { readonly tone: Tone; readonly word: string; readonly why?: string };

/** What a place says of a runtime. */
export function offerOf(offer: SandboxOffer, runtime: string): OfferState {
  if (offer.state !== undefined && offer.state !== 'running')
    return { tone: 'off', word: 'Not known', why: `the phone is ${offer.state}` };
  if (offer.runtimes.includes(runtime)) return { tone: 'ok', word: 'Offered' };
  const why = offer.unavailable ?? offer.lacks[runtime] ?? 'the device did not ask for it';
  return { tone: offer.unavailable === undefined ? 'off' : 'warn', word: 'Not offered', why };
}

const states: Record<SandboxRunView['state'], { readonly tone: Tone; readonly word: string }> = {
  running: { tone: 'busy', word: 'Running' },
  done: { tone: 'ok', word: 'Done' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'off', word: 'Cancelled' },
};
export const runState = ({ state }: Pick<SandboxRunView, 'state'>) => states[state];

const verdicts: Record<SandboxDifference['verdict'], { readonly tone: Tone; readonly word: string }> = {
  worse: { tone: 'bad', word: 'Worse' },
  better: { tone: 'ok', word: 'Better' },
  same: { tone: 'off', word: 'Same' },
};
export const verdictOf = ({ verdict }: Pick<SandboxDifference, 'verdict'>) => verdicts[verdict];

/** How far a run is, 0 to 100, over all its places. */
export function percentDone({ request, progress }: SandboxRunView): number {
  if (!progress) return 0;
  const { nth, done, total } = progress;
  return Math.min(100, (100 * (nth - 1 + done / total)) / request.places.length);
}

export const attackTotals = ({ reports }: Pick<SandboxAttackView, 'reports'>) => ({
  attacks: reports.reduce((sum, it) => sum + it.attacks.length, 0),
  escapes: reports.reduce((sum, it) => sum + it.escapes, 0),
  unreported: reports.reduce((sum, it) => sum + it.unreported, 0),
  failedControls: reports.reduce((sum, it) => sum + it.failedControls, 0),
});

/** One sentence on how an attack ended; nobody should have to add numbers up. */
export function attackSentence(view: SandboxAttackView): string {
  const { attacks, escapes, unreported, failedControls } = attackTotals(view);
  if (view.state === 'never') return 'Nothing was attacked since the lab host started.';
  if (view.state === 'running') return `${count(attacks, 'attack')} so far.`;
  const over = view.state === 'done' ? 'over' : view.state;
  if (escapes + unreported + failedControls > 0)
    return `The sandbox did not hold: look at the attacks marked below (${count(attacks, 'attack')}, ${over}).`;
  return `${count(attacks, 'attack')}: each was stopped and reported, and each one works outside.`;
}

export const exportOf = (runId: string, format: 'csv' | 'json'): AppVerbs['exports.save']['params'] => ({
  path: `/sandbox/runs/${runId}/export?format=${format}`,
  suggestedName: `abhaya-sandbox-${runId}.${format}`,
});
