// Which lab host the window shows: the home's own, or others that a person added by address and token.

import { mdiDelete, mdiPlus } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import IconButton from '@mui/material/IconButton';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import type { LabHostEntry } from '#schemas';
import { call } from '../../api/bridge.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { showError } from '../../shell/messages-store.ts';
import { AddLabHostDialog } from './AddLabHostDialog.tsx';

const OWN = 'own';
const words = {
  kept: { tone: 'ok', label: 'Token kept encrypted' },
  session: { tone: 'warn', label: 'Token known until the window closes' },
  missing: { tone: 'bad', label: 'Token needed: add it again' },
} as const;

export function LabHosts() {
  const [hosts, setHosts] = useState<readonly LabHostEntry[]>([]);
  const [adding, setAdding] = useState(false);
  const take = (change: Promise<{ hosts: readonly LabHostEntry[] }>) =>
    change.then((answer) => setHosts(answer.hosts), showError);
  useEffect(() => {
    void call('labHosts.list', {}).then((answer) => setHosts(answer.hosts), showError);
  }, []);
  const chosen = hosts.find((host) => host.chosen)?.id ?? OWN;

  return (
    <Panel title="Other lab hosts">
      <Stack spacing={1.5}>
        <RadioGroup
          aria-label="Lab host that the window shows"
          value={chosen}
          onChange={(_event, id) => void take(call('labHosts.choose', id === OWN ? {} : { id }))}
        >
          <FormControlLabel
            value={OWN}
            control={<Radio size="small" />}
            label="The lab host of this home"
            slotProps={{ typography: { variant: 'body2' } }}
          />
          {hosts.map((host) => (
            <Box key={host.id} sx={{ display: 'flex', alignItems: 'center', gap: 1, flexWrap: 'wrap' }}>
              <FormControlLabel
                value={host.id}
                control={<Radio size="small" />}
                label={`${host.name} (${host.apiUrl})`}
              />
              <StateChip {...words[host.token]} />
              <IconButton
                aria-label={`Remove ${host.name}`}
                onClick={() => void take(call('labHosts.remove', { id: host.id }))}
              >
                <Icon path={mdiDelete} fontSize="small" />
              </IconButton>
            </Box>
          ))}
        </RadioGroup>
        <Box>
          <Button variant="outlined" startIcon={<Icon path={mdiPlus} />} onClick={() => setAdding(true)}>
            Add a lab host…
          </Button>
        </Box>
        <Typography variant="body2" color="text.secondary">
          One on another machine is reached through SSH, on the same port:{' '}
          <code>ssh -N -L PORT:127.0.0.1:PORT user@machine</code>. Its address and token are in host.json and
          token of its home.
        </Typography>
        <AddLabHostDialog open={adding} onClose={() => setAdding(false)} onAdded={setHosts} />
      </Stack>
    </Panel>
  );
}
