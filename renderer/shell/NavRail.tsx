// Navigation: one link a page, reachable by Tab and by Ctrl+1 to Ctrl+5.

import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { NavLink, useLocation } from 'react-router';
import { Icon } from '../parts/Icon.tsx';
import { pages } from './pages.tsx';

export const NAV_WIDTH = 84;

export function NavRail() {
  const { pathname } = useLocation();
  return (
    <Box
      component="nav"
      aria-label="Pages"
      sx={{
        width: NAV_WIDTH,
        flexShrink: 0,
        borderRight: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'stretch',
        py: 1,
        gap: 0.5,
        overflowY: 'auto',
      }}
    >
      {pages.map(({ path, name, icon, keys }) => {
        const chosen = pathname.startsWith(path);
        return (
          <Tooltip key={path} title={keys} placement="right" describeChild>
            <ButtonBase
              component={NavLink}
              to={path}
              aria-current={chosen ? 'page' : undefined}
              focusRipple
              sx={{
                mx: 1,
                py: 1,
                borderRadius: 2,
                flexDirection: 'column',
                gap: 0.25,
                color: chosen ? 'primary.main' : 'text.secondary',
                bgcolor: chosen ? 'action.selected' : 'transparent',
                '&:hover': { bgcolor: 'action.hover' },
                '&.Mui-focusVisible': { outline: 2, outlineColor: 'primary.main', outlineOffset: -2 },
              }}
            >
              <Icon path={icon} />
              <Typography component="span" sx={{ fontSize: 11, fontWeight: chosen ? 650 : 500 }}>
                {name}
              </Typography>
            </ButtonBase>
          </Tooltip>
        );
      })}
    </Box>
  );
}
