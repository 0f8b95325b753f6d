// The attacks on one runtime: what is wrong first, the rest on demand.

import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { memo, useState } from 'react';
import type { SandboxAttackReport, SandboxAttackResult } from '#schemas';
import { count } from '../../parts/format.ts';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import type { Tone } from '../../theme/theme.ts';
import { PlainTable } from './PlainTable.tsx';
import { runtimeName } from './sandbox-words.ts';

const isWrong = ({ outcome, reported, control }: SandboxAttackResult): boolean =>
  outcome === 'escaped' || !reported || control === 'failed';

function stateOf({ outcome, reported, control }: SandboxAttackResult): { tone: Tone; word: string } {
  if (outcome === 'escaped') return { tone: 'bad', word: 'Escaped' };
  if (!reported) return { tone: 'bad', word: 'Not reported' };
  if (control === 'failed') return { tone: 'bad', word: 'Control failed' };
  return outcome === 'harmless'
    ? { tone: 'ok', word: 'Let live, as it should' }
    : { tone: 'ok', word: 'Denied' };
}

const ALL = 'Show all';
const WRONG_ONLY = 'Show what is wrong only';

export const AttackTable = memo(function AttackTable({ report }: { readonly report: SandboxAttackReport }) {
  const { runtime, arch, kernel, attacks, partial } = report;
  const [all, setAll] = useState(false);
  const wrong = attacks.filter(isWrong);
  const shown = all ? [...wrong, ...attacks.filter((it) => !isWrong(it))] : wrong;
  return (
    <Panel
      title={`${runtimeName(runtime)}: ${count(attacks.length, 'attack')}`}
      aside={
        <Button
          aria-expanded={all}
          aria-label={`${all ? WRONG_ONLY : ALL} of ${runtimeName(runtime)}`}
          onClick={() => setAll(!all)}
        >
          {all ? WRONG_ONLY : ALL}
        </Button>
      }
    >
      <Typography sx={{ fontSize: 12.5, color: 'text.secondary', mb: shown.length > 0 ? 1 : 0 }}>
        {arch}, Linux {kernel}. {partial && 'It was broken off: there are more attacks than these. '}
        {wrong.length === 0
          ? 'None of them got anywhere.'
          : `${wrong.length} ${wrong.length === 1 ? 'needs' : 'need'} a look.`}
      </Typography>
      {shown.length > 0 && (
        <PlainTable
          label={`Attacks on ${runtimeName(runtime)}`}
          head={['Attack', 'Outcome', 'Reported as', 'What is wrong']}
          rows={shown.map((it) => {
            const { tone, word } = stateOf(it);
            return {
              key: it.name,
              cells: [
                <code key="name">{it.name}</code>,
                <StateChip key="state" tone={tone} label={word} />,
                [it.reason, it.syscall, it.signal].filter(Boolean).join(' '),
                it.problem ?? '–',
              ],
            };
          })}
        />
      )}
    </Panel>
  );
});
