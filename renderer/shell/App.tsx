// The frame of the window: theme, navigation, where the lab host stands, the page, messages, the palette.

import Box from '@mui/material/Box';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useMemo } from 'react';
import { HashRouter, Navigate, Route, Routes } from 'react-router';
import { useSettings } from '../lab/settings-store.ts';
import { themeFor } from '../theme/theme.ts';
import { CommandPalette } from './CommandPalette.tsx';
import { LabBanner } from './LabBanner.tsx';
import { Messages } from './Messages.tsx';
import { NavRail } from './NavRail.tsx';
import { pages } from './pages.tsx';
import { TopBar } from './TopBar.tsx';
import { useAppCommands } from './use-app-commands.ts';

export function App() {
  const choice = useSettings(({ theme }) => theme);
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)');
  const mode = choice === 'system' ? (systemDark ? 'dark' : 'light') : choice;
  const theme = useMemo(() => themeFor(mode), [mode]);
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline enableColorScheme />
      <HashRouter>
        <Frame />
      </HashRouter>
    </ThemeProvider>
  );
}

function Frame() {
  useAppCommands();
  return (
    <Box sx={{ display: 'flex', height: '100%' }}>
      <NavRail />
      <Box sx={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }}>
        <TopBar />
        <LabBanner />
        <Box component="main" id="page" sx={{ flex: 1, minHeight: 0, overflow: 'auto' }}>
          <Routes>
            {pages.map(({ path, element }) => (
              <Route key={path} path={`${path}/*`} element={element} />
            ))}
            <Route path="*" element={<Navigate to="/fleet" replace />} />
          </Routes>
        </Box>
      </Box>
      <Messages />
      <CommandPalette />
    </Box>
  );
}
