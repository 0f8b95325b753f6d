// Title of the page, the fleet in a line, the palette, the theme.

import { mdiMagnify, mdiThemeLightDark, mdiWeatherNight, mdiWhiteBalanceSunny } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { useLocation } from 'react-router';
import type { ThemeChoice } from '#schemas';
import { useLab } from '../lab/lab-store.ts';
import { changeSettings, useSettings } from '../lab/settings-store.ts';
import { Icon } from '../parts/Icon.tsx';
import { StateChip } from '../parts/StateChip.tsx';
import { showError } from './messages-store.ts';
import { pages } from './pages.tsx';
import { openPalette } from './palette-store.ts';

const themes: Record<
  ThemeChoice,
  { readonly next: ThemeChoice; readonly icon: string; readonly label: string }
> = {
  system: { next: 'light', icon: mdiThemeLightDark, label: 'Theme: as the system' },
  light: { next: 'dark', icon: mdiWhiteBalanceSunny, label: 'Theme: light' },
  dark: { next: 'system', icon: mdiWeatherNight, label: 'Theme: dark' },
};

export function TopBar() {
  const { pathname } = useLocation();
  const choice = useSettings(({ theme }) => theme);
  const page = pages.find(({ path }) => pathname.startsWith(path));
  const theme = themes[choice];
  return (
    <Box
      component="header"
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 1.5,
        px: 2.5,
        height: 52,
        flexShrink: 0,
        borderBottom: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
      }}
    >
      <Typography variant="h1" sx={{ whiteSpace: 'nowrap' }}>
        {page?.name ?? 'Abhaya Lab'}
      </Typography>
      <FleetLine />
      <Box sx={{ flex: 1 }} />
      <Button
        variant="outlined"
        color="inherit"
        startIcon={<Icon path={mdiMagnify} />}
        onClick={openPalette}
        sx={{ color: 'text.secondary', borderColor: 'divider', whiteSpace: 'nowrap' }}
      >
        Find or do
        <Box component="kbd" sx={{ ml: 1, fontFamily: 'inherit', fontSize: 11 }}>
          Ctrl+K
        </Box>
      </Button>
      <Tooltip title={`${theme.label}. Press to change`}>
        <IconButton
          aria-label={theme.label}
          onClick={() => void changeSettings({ theme: theme.next }).catch(showError)}
        >
          <Icon path={theme.icon} />
        </IconButton>
      </Tooltip>
    </Box>
  );
}

function FleetLine() {
  const phase = useLab(({ lab }) => lab.phase);
  const phones = useLab((data) => data.phones.size);
  const running = useLab(
    (data) => [...data.phones.values()].filter(({ state }) => state === 'running').length,
  );
  const meshReady = useLab((data) => data.meshReady);
  if (phase !== 'connected')
    return (
      <StateChip
        tone={phase === 'failed' ? 'bad' : 'busy'}
        label={phase === 'failed' ? 'No lab host' : 'Connecting'}
      />
    );
  if (phones === 0) return <StateChip tone="off" label="No phones" />;
  const whole = meshReady && running === phones;
  return (
    <>
      <StateChip tone={running === phones ? 'ok' : 'busy'} label={`${running} of ${phones} phones running`} />
      {running > 1 && (
        <StateChip
          tone={whole ? 'ok' : meshReady ? 'ok' : 'busy'}
          label={meshReady ? 'Mesh ready' : 'Finding routes'}
        />
      )}
    </>
  );
}
