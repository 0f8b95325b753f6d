// The lab host: where it stands, whose it is, and how it is started and stopped.

import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useState } from 'react';
import type { AppInfo, HostView, LabState } from '#schemas';
import { call } from '../../api/bridge.ts';
import { useLab } from '../../lab/lab-store.ts';
import { useSettings } from '../../lab/settings-store.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { LabelledSwitch } from '../../parts/LabelledSwitch.tsx';
import { Facts, Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { showDone, showError } from '../../shell/messages-store.ts';
import type { Tone } from '../../theme/theme.ts';
import { change } from './AppPanel.tsx';
import { ConfirmDialog } from './ConfirmDialog.tsx';

const phases: Record<LabState['phase'], { readonly tone: Tone; readonly word: string }> = {
  starting: { tone: 'busy', word: 'Starting' },
  connected: { tone: 'ok', word: 'Connected' },
  lost: { tone: 'warn', word: 'Lost' },
  failed: { tone: 'bad', word: 'None' },
};

export function LabHostPanel({
  host,
  info,
}: {
  readonly host: HostView | undefined;
  readonly info: AppInfo | undefined;
}) {
  const lab = useLab((data) => data.lab);
  const [asking, setAsking] = useState(false);
  const [stopping, setStopping] = useState(false);
  const connected = lab.phase === 'connected';
  const stopped = lab.phase === 'failed' && lab.code === 'closed';

  function stop(): void {
    setStopping(true);
    call('lab.stop', {})
      .then(() => showDone('The lab host has ended'), showError)
      .finally(() => setStopping(false));
  }

  return (
    <Panel
      title="Lab host"
      aside={
        <StateChip
          tone={stopped ? 'off' : phases[lab.phase].tone}
          label={stopped ? 'Stopped' : phases[lab.phase].word}
        />
      }
    >
      <Facts
        rows={[
          ['Whose', connected ? (lab.ours ? 'started by this window' : 'joined: it was running') : '–'],
          [
            'Address',
            connected && lab.apiUrl ? <Copied key="address" text={lab.apiUrl} what="the address" /> : '–',
          ],
          ['Process', host ? `${host.pid}, version ${host.version}` : '–'],
          ['Data folder', info ? <Copied key="home" text={info.home} what="the data folder" /> : '–'],
          ['Log file', info ? <Copied key="log" text={info.logFile} what="the log file’s path" /> : '–'],
        ]}
      />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, mt: 1.5 }}>
        {lab.phase === 'failed' ? (
          <Button variant="contained" onClick={() => void call('lab.connect', {}).catch(showError)}>
            Start a lab host
          </Button>
        ) : (
          <Button
            variant="outlined"
            color="error"
            disabled={!connected || !lab.ours || stopping}
            onClick={() => setAsking(true)}
          >
            {stopping ? 'Stopping …' : 'Stop it'}
          </Button>
        )}
        {connected && !lab.ours && (
          <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>
            This window did not start it: end it where it was started, or by <code>abhaya down</code>.
          </Typography>
        )}
      </Box>
      <Divider sx={{ my: 1.5 }} />
      <StartSettings />
      <ConfirmDialog
        open={asking}
        title="Stop the lab host?"
        action="Stop the lab host"
        onClose={() => setAsking(false)}
        onConfirm={stop}
      >
        Its virtual phones end, and tasks on them are lost. Real phones keep their agents. The history stays.
      </ConfirmDialog>
    </Panel>
  );
}

function StartSettings() {
  const phones = useSettings((settings) => settings.phones);
  const keepLabHost = useSettings((settings) => settings.keepLabHost);
  const [text, setText] = useState(String(phones));
  useEffect(() => setText(String(phones)), [phones]);
  const wanted = Number(text);
  const valid = /^\d{1,3}$/.test(text) && wanted <= 200;
  const keep = (): void => {
    if (valid && wanted !== phones) change({ phones: wanted });
    if (!valid) setText(String(phones));
  };
  return (
    <Stack spacing={1.5}>
      <LabelledSwitch
        name="Keep it running when the window closes"
        means="It and its phones go on; the next start joins them."
        on={keepLabHost}
        onChange={(on) => change({ keepLabHost: on })}
      />
      <TextField
        label="Virtual phones at start"
        value={text}
        error={!valid}
        helperText={valid ? 'For the next lab host that this window starts' : 'A whole number from 0 to 200'}
        onChange={({ target }) => setText(target.value)}
        onBlur={keep}
        onKeyDown={({ key }) => {
          if (key === 'Enter') keep();
        }}
        slotProps={{ htmlInput: { inputMode: 'numeric' } }}
        sx={{ maxWidth: 300 }}
      />
    </Stack>
  );
}

function Copied({ text, what }: { readonly text: string; readonly what: string }): ReactNode {
  return (
    <>
      {text}
      <CopyButton text={text} what={what} />
    </>
  );
}
