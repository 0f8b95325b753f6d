// What the owner of a phone lets the mesh have of it: settings that the phone keeps and its agent enforces.

import { mdiInformationOutline } from '@mdi/js';
import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import Divider from '@mui/material/Divider';
import Skeleton from '@mui/material/Skeleton';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { memo, useMemo, useState } from 'react';
import type { PowerPolicy, PowerView } from '#schemas';
import { useLab } from '../../lab/lab-store.ts';
import { percent } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { LabelledSlider } from '../../parts/LabelledSlider.tsx';
import { LabelledSwitch } from '../../parts/LabelledSwitch.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { showError } from '../../shell/messages-store.ts';
import { setPolicy } from './power-store.ts';
import { floorMeans, heatMeans, notEnforced, sensitivityMeans, takesTone, takesWord } from './power-words.ts';

export const PolicyPanel = memo(function PolicyPanel({
  serial,
  power,
  running,
}: {
  readonly serial: string;
  readonly power: PowerView | undefined;
  readonly running: boolean;
}) {
  if (!running)
    return (
      <Panel title="Tasks of others">
        <Typography sx={{ color: 'text.secondary' }}>
          The settings are on the phone. They can be read when its agent runs.
        </Typography>
      </Panel>
    );
  if (!power)
    return (
      <Panel title="Tasks of others">
        <Skeleton variant="rounded" height={220} aria-label="Reading the phone’s settings" />
      </Panel>
    );
  return (
    <Panel title="Tasks of others" aside={<StateChip tone={takesTone(power)} label={takesWord(power)} />}>
      <Box role="status" sx={{ mb: power.reasons.length > 0 ? 1 : 0 }}>
        {power.reasons.map((reason) => (
          <Typography key={reason} sx={{ fontSize: 12.5 }}>
            {reason.charAt(0).toUpperCase() + reason.slice(1)}.
          </Typography>
        ))}
      </Box>
      <Policy serial={serial} power={power} />
      <Divider sx={{ my: 1.5 }} />
      <Typography variant="h3" sx={{ display: 'flex', alignItems: 'center', gap: 0.75, mb: 0.5 }}>
        <Icon path={mdiInformationOutline} sx={{ fontSize: 16 }} />
        Not enforced yet
      </Typography>
      <Box component="ul" sx={{ m: 0, pl: 2.5, fontSize: 12, color: 'text.secondary' }}>
        {notEnforced.map(([name, why]) => (
          <li key={name}>
            {name}: {why}
          </li>
        ))}
      </Box>
    </Panel>
  );
});

function Policy({ serial, power }: { readonly serial: string; readonly power: PowerView }) {
  const [busy, setBusy] = useState(false);
  const services = useLab((data) => data.services);
  const packageIds = useMemo(() => [...new Set(services.map(({ packageId }) => packageId))], [services]);
  const { policy, limits } = power;
  const change = (changes: Partial<PowerPolicy>): void => {
    setBusy(true);
    setPolicy(serial, { ...policy, ...changes })
      .catch(showError)
      .finally(() => setBusy(false));
  };
  const off = busy || !policy.participation;
  return (
    <Stack spacing={1.25}>
      <LabelledSwitch
        name="Takes part"
        means="Off: no tasks of others at all. Its own go on, other phones run them."
        on={policy.participation}
        disabled={busy}
        onChange={(participation) => change({ participation })}
      />
      <LabelledSwitch
        name="Only while charging"
        on={policy.chargingOnly}
        disabled={off}
        onChange={(chargingOnly) => change({ chargingOnly })}
      />
      <LabelledSwitch
        name="Power saving"
        means="Optional services pause, essential ones go on."
        on={policy.powerSaving}
        disabled={off}
        onChange={(powerSaving) => change({ powerSaving })}
      />
      <LabelledSlider
        name="Battery floor"
        max={90}
        step={5}
        value={policy.batteryFloorPercent}
        disabled={off}
        format={percent}
        means={floorMeans}
        onChange={(batteryFloorPercent) => change({ batteryFloorPercent })}
      />
      <Autocomplete
        multiple
        freeSolo
        size="small"
        options={packageIds}
        value={policy.essentialServices}
        disabled={off}
        onChange={(_event, essentialServices) => change({ essentialServices })}
        renderInput={(params) => (
          <TextField
            {...params}
            label="Essential services"
            helperText="They go on when optional ones pause"
          />
        )}
      />
      <LabelledSwitch
        name="Thermal protection"
        means={heatMeans(limits, policy.thermalProtection)}
        on={policy.thermalProtection}
        disabled={off}
        onChange={(thermalProtection) => change({ thermalProtection })}
      />
      <LabelledSlider
        name="Thermal sensitivity"
        max={100}
        step={5}
        value={policy.thermalSensitivity}
        disabled={off || !policy.thermalProtection}
        format={percent}
        means={sensitivityMeans}
        onChange={(thermalSensitivity) => change({ thermalSensitivity })}
      />
    </Stack>
  );
}
