// Sandbox: what each place offers and what its filter allows, how quick it is, and whether it holds.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useSearchParams } from 'react-router';
import { useLab } from '../../lab/lab-store.ts';
import { useConnection } from '../../lab/use-connection.ts';
import { AttackTab } from './AttackTab.tsx';
import { MeasureTab } from './MeasureTab.tsx';
import { OffersPanel } from './OffersPanel.tsx';
import { PolicyPanel } from './PolicyPanel.tsx';
import { useFollowedSandbox, useSandbox } from './sandbox-store.ts';
import { TryTab } from './TryTab.tsx';

const tabs = [
  { id: 'runtimes', label: 'Runtimes' },
  { id: 'measure', label: 'Measure' },
  { id: 'attack', label: 'Attack' },
  { id: 'try', label: 'Try your own' },
] as const;

export function SandboxPage() {
  useFollowedSandbox();
  const [search, setSearch] = useSearchParams();
  const connected = useConnection() >= 0;
  const lost = useLab(({ lab }) => lab.phase === 'lost' || lab.phase === 'failed');
  const problem = useSandbox((data) => data.problem);
  const tab = tabs.find(({ id }) => id === search.get('tab'))?.id ?? 'runtimes';
  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <Tabs
        value={tab}
        aria-label="Parts of the sandbox lab"
        onChange={(_event, id: string) =>
          setSearch(
            (before) => {
              before.set('tab', id);
              return before;
            },
            { replace: true },
          )
        }
        sx={{ px: 2.5, minHeight: 42, borderBottom: 1, borderColor: 'divider', flexShrink: 0 }}
      >
        {tabs.map(({ id, label }) => (
          <Tab
            key={id}
            value={id}
            label={label}
            id={`sandbox-tab-${id}`}
            aria-controls={`sandbox-panel-${id}`}
            sx={{ minHeight: 42, textTransform: 'none' }}
          />
        ))}
      </Tabs>
      <Box
        role="tabpanel"
        id={`sandbox-panel-${tab}`}
        aria-labelledby={`sandbox-tab-${tab}`}
        tabIndex={0}
        sx={{
          flex: 1,
          overflow: 'auto',
          p: 2.5,
          display: 'flex',
          flexDirection: 'column',
          gap: 2,
          outlineOffset: -2,
        }}
      >
        {lost && (
          <Alert severity="warning">The lab host is not there: what is shown is what it said last.</Alert>
        )}
        {connected && problem && <Alert severity="error">Not all can be shown: {problem}</Alert>}
        {tab === 'runtimes' && (
          <>
            <OffersPanel />
            <PolicyPanel connected={connected} />
          </>
        )}
        {tab === 'measure' && <MeasureTab connected={connected} />}
        {tab === 'attack' && <AttackTab connected={connected} />}
        {tab === 'try' && <TryTab connected={connected} />}
      </Box>
    </Box>
  );
}
