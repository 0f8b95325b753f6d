// The optional runtimes of a phone: a switch with what it costs, and how far what is sent has come.

import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { PhoneView } from '#schemas';
import { post } from '../../../api/client.ts';
import { LabelledSwitch } from '../../../parts/LabelledSwitch.tsx';
import { showError } from '../../../shell/messages-store.ts';
import { optionalRuntimesOf, spokenPercent } from '../optional-runtimes.ts';

export function PhoneRuntimes({ phone, able }: { readonly phone: PhoneView; readonly able: boolean }) {
  const [ordering, setOrdering] = useState(false);
  const { on, fixed, costs, sent, note } = optionalRuntimesOf(phone);
  const order = (offered: boolean): void => {
    setOrdering(true);
    post('phone', `/phones/${encodeURIComponent(phone.serial)}/command`, {
      ...{ action: 'optional-runtimes', offered },
    })
      .catch(showError)
      .finally(() => setOrdering(false));
  };
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 0.75 }}>
      <LabelledSwitch
        name="Offer JavaScript, WebAssembly and Python"
        means={fixed ?? costs}
        on={on}
        disabled={!able || ordering || fixed !== undefined}
        onChange={order}
      />
      {sent && (
        <Box>
          <LinearProgress
            variant="determinate"
            value={sent.percent}
            aria-label="A runtime is sent"
            aria-valuetext={spokenPercent(sent.percent)}
            sx={{ mb: 0.5 }}
          />
          <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>{sent.text}</Typography>
        </Box>
      )}
      <Typography role="status" sx={{ fontSize: 12, color: 'text.secondary', overflowWrap: 'anywhere' }}>
        {ordering ? 'Telling the phone …' : note}
      </Typography>
    </Box>
  );
}
