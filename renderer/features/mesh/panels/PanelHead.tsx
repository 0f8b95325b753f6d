import { mdiArrowLeft } from '@mdi/js';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Icon } from '../../../parts/Icon.tsx';

/** Title of what is chosen, and the way back to the lists. */
export function PanelHead({
  title,
  state,
  onBack,
}: {
  readonly title: string;
  readonly state?: ReactNode;
  readonly onBack: () => void;
}) {
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minWidth: 0 }}>
      <IconButton aria-label="Back to all phones and links" onClick={onBack} edge="start">
        <Icon path={mdiArrowLeft} />
      </IconButton>
      <Typography variant="h2" sx={{ flex: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
        {title}
      </Typography>
      {state}
    </Box>
  );
}
