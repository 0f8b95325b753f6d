// What the colours and lines mean; folded away by a press.

import { mdiInformationOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';

export function Legend() {
  const [open, setOpen] = useState(false);
  const { palette } = useTheme();
  const plain = palette.mode === 'dark' ? '#6b7686' : '#8d97a6';
  const lines = [
    ['Good link', plain, 2, 'none'],
    ['Fair, below 70 %', palette.tones.warn.dot, 2, 'none'],
    ['Poor, below 40 %', palette.tones.bad.dot, 2, 'none'],
    ['No route uses it', palette.divider, 2, 'none'],
    ['Carries much', plain, 5, 'none'],
    ['Down', palette.tones.off.dot, 1.5, '4 3'],
    ['Way of a task or message', palette.primary.main, 4, '6 3'],
  ] as const;
  const dots = [
    ['Running', 'ok'],
    ['Getting ready', 'busy'],
    ['Wants a look', 'warn'],
    ['Failed', 'bad'],
    ['No agent', 'off'],
  ] as const;
  return (
    <Box
      sx={{
        position: 'absolute',
        left: 12,
        bottom: 12,
        bgcolor: 'background.paper',
        border: 1,
        borderColor: 'divider',
        borderRadius: 2,
        zIndex: 1,
      }}
    >
      <Button
        color="inherit"
        startIcon={<Icon path={mdiInformationOutline} />}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        sx={{ color: 'text.secondary', px: 1.5 }}
      >
        Legend
      </Button>
      <Collapse in={open} unmountOnExit>
        <Box component="ul" sx={{ listStyle: 'none', m: 0, px: 1.5, pb: 1.25 }}>
          {dots.map(([text, tone]) => (
            <Entry key={text} text={text}>
              <circle
                cx="14"
                cy="8"
                r="5.5"
                fill={palette.tones[tone].fill}
                stroke={palette.tones[tone].dot}
                strokeWidth="2"
              />
            </Entry>
          ))}
          {lines.map(([text, color, width, dash]) => (
            <Entry key={text} text={text}>
              <line x1="1" x2="27" y1="8" y2="8" stroke={color} strokeWidth={width} strokeDasharray={dash} />
            </Entry>
          ))}
        </Box>
      </Collapse>
    </Box>
  );
}

function Entry({ text, children }: { readonly text: string; readonly children: React.ReactNode }) {
  return (
    <Box component="li" sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
      <svg width="28" height="16" aria-hidden="true">
        {children}
      </svg>
      <Typography sx={{ fontSize: 12 }}>{text}</Typography>
    </Box>
  );
}
