// What this window looks like and tells of.

import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Stack from '@mui/material/Stack';
import type { AppSettings, ThemeChoice } from '#schemas';
import { changeSettings, useSettings } from '../../lab/settings-store.ts';
import { LabelledSwitch } from '../../parts/LabelledSwitch.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { showError } from '../../shell/messages-store.ts';

const themes: readonly (readonly [ThemeChoice, string])[] = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export const change = (changes: Partial<AppSettings>): void => void changeSettings(changes).catch(showError);

export function AppPanel() {
  const theme = useSettings((settings) => settings.theme);
  const notifications = useSettings((settings) => settings.notifications);
  return (
    <Panel title="Appearance and notifications">
      <Stack spacing={1.5}>
        <FormControl>
          <FormLabel id="theme" sx={{ fontSize: 13 }}>
            Theme
          </FormLabel>
          <RadioGroup
            row
            aria-labelledby="theme"
            value={theme}
            onChange={(_event, value) => change({ theme: value as ThemeChoice })}
          >
            {themes.map(([value, label]) => (
              <FormControlLabel
                key={value}
                value={value}
                label={label}
                control={<Radio size="small" />}
                slotProps={{ typography: { sx: { fontSize: 13 } } }}
              />
            ))}
          </RadioGroup>
        </FormControl>
        <LabelledSwitch
          name="Notifications"
          means="When a task that was started in this window ends while you are elsewhere."
          on={notifications}
          onChange={(on) => change({ notifications: on })}
        />
      </Stack>
    </Panel>
  );
}
