// Verdicts of phones on a service, in words and tones. Pure.

import type { ServiceView } from '#schemas';
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

/** One line for a card: where it is, and how many of these phones run it. */
export function verdictSummary({ phones }: Pick<ServiceView, 'phones'>, running: number): VerdictSummary {
  const where = `On ${phones.length} of ${count(Math.max(running, phones.length), 'phone')}`;
  const refused = phones.filter(({ verdict }) => verdict === 'reject').length;
  const warned = phones.filter(({ verdict }) => verdict === 'warn').length;
  if (phones.length > 0 && refused === phones.length) return { tone: 'bad', text: `${where}, refused there` };
  if (refused > 0)
    return { tone: 'warn', text: `${where}, ${refused} ${refused === 1 ? 'refuses' : 'refuse'} it` };
  if (warned > 0) return { tone: 'warn', text: `${where}, ${warned} with a warning` };
  return { tone: 'ok', text: where };
}
