// A state as a dot and a word: readable without colour.

import Box from '@mui/material/Box';
import type { Tone } from '../theme/theme.ts';

export function StateChip({
  tone,
  label,
  title,
}: {
  readonly tone: Tone;
  readonly label: string;
  readonly title?: string;
}) {
  return (
    <Box
      component="span"
      title={title}
      sx={({ palette }) => ({
        display: 'inline-flex',
        alignItems: 'center',
        gap: 0.75,
        px: 1,
        height: 22,
        borderRadius: 11,
        fontSize: 12,
        fontWeight: 550,
        whiteSpace: 'nowrap',
        color: palette.tones[tone].text,
        bgcolor: palette.tones[tone].fill,
      })}
    >
      <Box
        component="span"
        aria-hidden
        sx={({ palette }) => ({ width: 7, height: 7, borderRadius: '50%', bgcolor: palette.tones[tone].dot })}
      />
      {label}
    </Box>
  );
}
