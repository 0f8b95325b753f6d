// Runtimes, figures and their units in words. Pure.

import type {
  AppVerbs,
  SandboxAttackSummary,
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

const sum = (
  reports: SandboxAttackSummary['reports'] | SandboxAttackView['reports'],
  of: 'escapes' | 'unreported' | 'failedControls',
): number => reports.reduce((total, it) => total + it[of], 0);

/** Of a list's entry or of one in full. */
export const attackTotals = ({
  reports,
}: {
  readonly reports: SandboxAttackSummary['reports'] | SandboxAttackView['reports'];
}) => ({
  attacks: reports.reduce(
    (total, { attacks }) => total + (typeof attacks === 'number' ? attacks : attacks.length),
    0,
  ),
  escapes: sum(reports, 'escapes'),
  unreported: sum(reports, 'unreported'),
  failedControls: sum(reports, 'failedControls'),
});

/** One sentence on how an attack ended; nobody should have to add numbers up. */
export function attackSentence(view: Pick<SandboxAttackView, 'state' | 'reports' | 'progress'>): string {
  const { attacks, escapes, unreported, failedControls } = attackTotals(view);
  const wrong = escapes + unreported + failedControls > 0 || (view.progress?.wrong ?? 0) > 0;
  if (view.state === 'running') {
    const soFar = `${count(attacks + (view.progress?.done ?? 0), 'attack')} so far`;
    return wrong ? `${soFar}; not all of them went as they should.` : `${soFar}, and it holds.`;
  }
  const over = { done: '', failed: ', then it failed', cancelled: ', then it was cancelled' };
  const ending = over[view.state === 'never' ? 'done' : view.state];
  if (wrong)
    return `The sandbox did not hold: look at the attacks marked below (${count(attacks, 'attack')}${ending}).`;
  if (attacks === 0)
    return view.state === 'cancelled' ? 'It was cancelled before the first attack.' : 'Nothing was attacked.';
  return attacks === 1
    ? `1 attack${ending}: it was stopped and reported as it should, and works outside.`
    : `${count(attacks, 'attack')}${ending}: each was stopped and reported as it should, and each works outside.`;
}

const attackStates: Record<SandboxAttackSummary['state'], { readonly tone: Tone; readonly word: string }> = {
  done: { tone: 'ok', word: 'Held' },
  failed: { tone: 'bad', word: 'Failed' },
  cancelled: { tone: 'off', word: 'Cancelled' },
};

/** What got out stands above how the attack itself ended. */
export function attackState(run: Pick<SandboxAttackSummary, 'state' | 'reports'>) {
  const { escapes, unreported, failedControls } = attackTotals(run);
  if (escapes > 0) return { tone: 'bad' as const, word: `${escapes} escaped` };
  if (unreported > 0) return { tone: 'bad' as const, word: `${unreported} not reported` };
  if (failedControls > 0) return { tone: 'bad' as const, word: `${count(failedControls, 'control')} failed` };
  return attackStates[run.state];
}

/** What is measured now, with the runtimes' names for people. */
export const progressText = (what: string): string =>
  what.replace(/\b[a-z]+\b/g, (word) => runtimeNames[word] ?? word);

export const exportOf = (runId: string, format: 'csv' | 'json'): AppVerbs['exports.save']['params'] => ({
  path: `/sandbox/runs/${runId}/export?format=${format}`,
  suggestedName: `abhaya-sandbox-${runId}.${format}`,
});

export const attackExportOf = (
  runId: string,
  format: 'csv' | 'json' | 'junit',
): AppVerbs['exports.save']['params'] => ({
  path: `/sandbox/attacks/${runId}/export?format=${format}`,
  suggestedName: `abhaya-attack-${runId}.${format === 'junit' ? 'xml' : format}`,
});
