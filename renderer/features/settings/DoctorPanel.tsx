// The doctor: what this machine and the lab host lack, and how to fix it.

import { mdiAlertCircle, mdiCheckCircle, mdiStethoscope } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import type { DoctorCheck } from '#schemas';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { timeOfDay } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { commandsOf, inOrder, summaryOf } from './doctor-model.ts';
import type { Doctor } from './use-doctor.ts';

export function DoctorPanel({ doctor, connected }: { readonly doctor: Doctor; readonly connected: boolean }) {
  const { checks, running, error, atMs, run } = doctor;
  return (
    <Panel
      title="Doctor"
      aside={
        <Button
          variant="outlined"
          startIcon={<Icon path={mdiStethoscope} />}
          disabled={running || !connected}
          onClick={run}
        >
          {running ? 'Checking …' : 'Run again'}
        </Button>
      }
    >
      <Box sx={{ height: 4, mb: 1 }}>{running && <LinearProgress aria-label="The doctor is checking" />}</Box>
      <Typography role="status" sx={{ fontSize: 13, mb: 1, color: 'text.secondary' }}>
        {checks
          ? `${summaryOf(checks)}${atMs === undefined ? '' : `, looked at ${timeOfDay(atMs)}`}.`
          : connected
            ? 'Looking at this machine, the lab host and its phones.'
            : 'The doctor is part of the lab host: it can look when one is connected. Without one: abhaya doctor.'}
      </Typography>
      {error && (
        <Alert severity="error" sx={{ mb: 1 }}>
          The checks could not be run: {error.message}
        </Alert>
      )}
      {checks && (
        <Box component="ul" aria-label="Checks" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {inOrder(checks).map((check) => (
            <Check key={check.name} check={check} />
          ))}
        </Box>
      )}
    </Panel>
  );
}

const Check = memo(function Check({ check: { name, ok, found, fix } }: { readonly check: DoctorCheck }) {
  return (
    <Box
      component="li"
      sx={{
        display: 'flex',
        gap: 1,
        py: 0.75,
        borderTop: 1,
        borderColor: 'divider',
        alignItems: 'flex-start',
      }}
    >
      <Icon
        path={ok ? mdiCheckCircle : mdiAlertCircle}
        sx={({ palette }) => ({ fontSize: 18, mt: '1px', color: palette.tones[ok ? 'ok' : 'bad'].text })}
      />
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography sx={{ fontSize: 13, fontWeight: 600 }}>
          {name}
          <Box
            component="span"
            sx={({ palette }) => ({ ml: 1, fontWeight: 500, color: palette.tones[ok ? 'ok' : 'bad'].text })}
          >
            {ok ? 'ok' : 'not ok'}
          </Box>
        </Typography>
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary', overflowWrap: 'anywhere' }}>
          {found}
        </Typography>
        {fix && (
          <Typography sx={{ fontSize: 12.5, overflowWrap: 'anywhere' }}>
            To fix it, {fix}
            {commandsOf(fix).map((command) => (
              <CopyButton key={command} text={command} what={command} />
            ))}
          </Typography>
        )}
      </Box>
    </Box>
  );
});
