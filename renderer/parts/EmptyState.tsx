// A page or panel with nothing in it says why, and what to do next.

import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';

export function EmptyState({
  icon,
  title,
  children,
  action,
}: {
  readonly icon: string;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}) {
  return (
    <Box
      sx={{
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'center',
        justifyContent: 'center',
        gap: 1,
        p: 4,
        minHeight: 220,
        textAlign: 'center',
        color: 'text.secondary',
      }}
    >
      <Icon path={icon} sx={{ fontSize: 40, opacity: 0.7 }} />
      <Typography variant="h2" color="text.primary">
        {title}
      </Typography>
      {children && <Typography sx={{ maxWidth: 460 }}>{children}</Typography>}
      {action && <Box sx={{ mt: 1 }}>{action}</Box>}
    </Box>
  );
}
