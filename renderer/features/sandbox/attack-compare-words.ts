// What two attacks say beside each other, in words. Pure.

import type { SandboxAttackChange, SandboxAttackComparison, SandboxAttackResult } from '#schemas';
import { count } from '../../parts/format.ts';
import type { Tone } from '../../theme/theme.ts';
import { runtimeName } from './sandbox-words.ts';

const states: Record<SandboxAttackChange['verdict'], { readonly tone: Tone; readonly word: string }> = {
  worse: { tone: 'bad', word: 'Worse' },
  better: { tone: 'ok', word: 'Better' },
  other: { tone: 'off', word: 'Otherwise' },
  added: { tone: 'off', word: 'New in B' },
  gone: { tone: 'warn', word: 'Only in A' },
};
export const changeState = ({ verdict }: Pick<SandboxAttackChange, 'verdict'>) => states[verdict];

/** How an attempt ended, and by what. */
export function endText(result: SandboxAttackResult | undefined): string {
  if (!result) return '–';
  const { outcome, reported, control, reason, syscall, signal } = result;
  const how = outcome === 'escaped' ? 'escaped' : reported ? outcome : 'not reported as it should';
  const by = [reason, syscall, signal].filter(Boolean).join(' ');
  return `${how}, ${by}${control === 'failed' ? ', its control failed' : ''}`;
}

export function attackComparisonSentence({ changes, same, onlyA, onlyB }: SandboxAttackComparison): string {
  const of = (verdict: SandboxAttackChange['verdict']) =>
    changes.filter((it) => it.verdict === verdict).length;
  const [worse, better, other] = [of('worse'), of('better'), of('other')];
  const lost = of('gone') + of('added');
  const parts = [
    ...(worse > 0 ? [`${count(worse, 'attack')} got further in B`] : []),
    ...(better > 0 ? [`${count(better, 'attack')} got less far`] : []),
    ...(other > 0 ? [`${other} held in both, but ended in another way`] : []),
    ...(lost > 0 ? [`${lost} ${lost === 1 ? 'is' : 'are'} in one of them only`] : []),
  ];
  const said =
    same + changes.length === 0
      ? 'The two have nothing in common'
      : parts.length === 0
        ? `${same === 1 ? 'The one attack' : `All ${count(same, 'attack')}`} ended the same way`
        : `${parts.join(', ')}; ${same} ended the same way`;
  const alone = ([name, only]: readonly [string, readonly string[]]) =>
    only.length > 0 ? ` Only ${name} attacked ${only.map(runtimeName).join(', ')}.` : '';
  return `${said}.${alone(['A', onlyA])}${alone(['B', onlyB])}`;
}
