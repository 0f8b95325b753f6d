// Verdicts of phones on a service, in words and tones. Pure.

import type { PhoneVerdict, ServiceView } from '#schemas';
import { count } from '../../parts/format.ts';
import type { Tone } from '../../theme/theme.ts';

const words: Readonly<Record<string, { readonly tone: Tone; readonly word: string }>> = {
  ok: { tone: 'ok', word: 'Runs' },
  warn: { tone: 'warn', word: 'Runs, with a warning' },
  reject: { tone: 'bad', word: 'Refused' },
};

export const verdictTone = (verdict: string): Tone => words[verdict]?.tone ?? 'off';
export const verdictWord = (verdict: string): string => words[verdict]?.word ?? verdict;

export interface VerdictSummary {
  readonly tone: Tone;
  readonly text: string;
}

/** One line for a card: where it is, and how many phones would run it. `others`: what phones without it say. */
export function verdictSummary(
  { phones }: Pick<ServiceView, 'phones'>,
  others: readonly PhoneVerdict[] | undefined,
  running: number,
): VerdictSummary {
  const where = `On ${phones.length} of ${count(Math.max(running, phones.length), 'phone')}`;
  const all = [...phones, ...(others ?? [])];
  const able = all.filter(({ verdict }) => verdict !== 'reject').length;
  if (able === all.length) return { tone: 'ok', text: where };
  if (able > 0) return { tone: 'ok', text: `${where}, ${able} can run it` };
  return others === undefined
    ? { tone: 'warn', text: `${where}, refused there` }
    : { tone: 'bad', text: `${where}, none can run it` };
}
