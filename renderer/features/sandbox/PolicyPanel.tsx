// The calls that a runtime's filter allows, and those that are answered, each with its reason; read off the filter.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo, useState } from 'react';
import type { SandboxPolicyView } from '#schemas';
import { get } from '../../api/client.ts';
import { count } from '../../parts/format.ts';
import { Panel } from '../../parts/Panel.tsx';
import { PlainTable } from './PlainTable.tsx';
import { useSandbox } from './sandbox-store.ts';
import { knownRuntimes, runtimeName } from './sandbox-words.ts';

const none: readonly string[] = [];

export function PolicyPanel({ connected }: { readonly connected: boolean }) {
  const offered = useSandbox((data) => data.offers?.find(({ place }) => place === 'local')?.runtimes ?? none);
  const runtimes = useMemo(
    () => [
      ...knownRuntimes.filter((it) => offered.includes(it)),
      ...offered.filter((it) => !knownRuntimes.includes(it)),
    ],
    [offered],
  );
  const [chosen, setChosen] = useState('native');
  const { policy, problem } = usePolicy(chosen, connected);
  return (
    <Panel
      title="What the filter allows"
      aside={
        <ToggleButtonGroup
          exclusive
          size="small"
          value={chosen}
          aria-label="Runtime whose filter is shown"
          onChange={(_event, runtime: string | null) => runtime !== null && setChosen(runtime)}
        >
          {(runtimes.length > 0 ? runtimes : ['native']).map((runtime) => (
            <ToggleButton
              key={runtime}
              value={runtime}
              sx={{ px: 1.25, py: 0.25, color: 'text.secondary', textTransform: 'none' }}
            >
              {runtimeName(runtime)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      }
    >
      {problem && <Alert severity="error">{problem}</Alert>}
      {!problem && !policy && <Skeleton variant="rounded" height={220} />}
      {policy && <Policy policy={policy} />}
    </Panel>
  );
}

function usePolicy(runtime: string, connected: boolean) {
  const [state, setState] = useState<{ policy?: SandboxPolicyView; problem?: string; of?: string }>({});
  useEffect(() => {
    if (!connected) return undefined;
    const stop = new AbortController();
    get('sandboxPolicy', `/sandbox/policies/${encodeURIComponent(runtime)}`, { signal: stop.signal }).then(
      (policy) => setState({ policy, of: runtime }),
      (error: Error) => {
        if (!stop.signal.aborted) setState({ problem: error.message, of: runtime });
      },
    );
    return () => stop.abort();
  }, [runtime, connected]);
  return state.of === runtime ? state : {};
}

function Policy({ policy }: { readonly policy: SandboxPolicyView }) {
  const { allowed, reasons, checks, observed, errno, start, arch, instructions, source, why } = policy;
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>
        {count(allowed.length, 'call')} of at most 12 on {arch}, {count(instructions, 'instruction')};{' '}
        {source === 'process'
          ? 'read off a live process.'
          : `as the launcher installs it (${why ?? 'a live process can’t be looked at'}).`}{' '}
        Every other call ends the process, and its report names the call.
      </Typography>
      <PlainTable
        label="Allowed calls"
        head={['Allowed', 'Why', 'Only with']}
        rows={allowed.map((name) => ({
          key: name,
          cells: [
            <code key="name">{name}</code>,
            reasons[name] ?? '–',
            [checks[name], observed.includes(name) ? 'seen by the launcher first' : '']
              .filter(Boolean)
              .join('; ') || '–',
          ],
        }))}
      />
      <PlainTable
        label="Calls that are answered with an error"
        head={['Answered', 'With', 'Why']}
        rows={errno.map(({ name, errno: error, why: reason }, at) => ({
          key: `${name} ${at}`,
          cells: [<code key="name">{name}</code>, error, reason],
        }))}
      />
      {start && start.length > 0 && (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>
          Before the lock, while only our own code runs, {count(start.length, 'more call')} may be made:{' '}
          {[...new Set(start.map(({ name }) => name))].join(', ')}.
        </Typography>
      )}
    </Box>
  );
}
