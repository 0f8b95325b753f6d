// Battery, charger and heat of a virtual phone, set by hand.

import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { memo, useState } from 'react';
import type { PhoneCommand, PhoneView } from '#schemas';
import { post } from '../../api/client.ts';
import { percent, thermalWord } from '../../parts/format.ts';
import { LabelledSlider } from '../../parts/LabelledSlider.tsx';
import { LabelledSwitch } from '../../parts/LabelledSwitch.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';

const heatNotes = ['', '', '', '', 'critical', 'emergency', 'shutdown'] as const;

export const VirtualControls = memo(function VirtualControls({
  phone,
  connected,
}: {
  readonly phone: PhoneView;
  readonly connected: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const { serial, batteryPercent = 0, charging = false, thermal = 0, state } = phone;
  const disabled = busy || !connected || state === 'starting' || state === 'failed';

  function command(body: PhoneCommand): void {
    setBusy(true);
    post('phone', `/phones/${encodeURIComponent(serial)}/command`, body)
      .catch(showError)
      .finally(() => setBusy(false));
  }

  return (
    <Panel title="Set by hand">
      <Stack spacing={1.5}>
        <LabelledSlider
          name="Battery"
          max={100}
          {...{ value: batteryPercent, disabled, format: percent }}
          onChange={(level) => command({ action: 'set-battery', percent: level })}
        />
        <LabelledSwitch
          name="Charger"
          means={charging ? 'Connected' : 'Not connected'}
          {...{ on: charging, disabled }}
          onChange={(connected) => command({ action: 'set-charger', connected })}
        />
        <LabelledSlider
          name="Heat"
          max={6}
          {...{ value: thermal, disabled }}
          format={(status) => `${status}, ${heatNotes[status] || thermalWord(status)}`}
          onChange={(status) => command({ action: 'set-heat', status })}
        />
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
          The phone reports it as a real one would, and its agent acts on it at once.
        </Typography>
      </Stack>
    </Panel>
  );
});
