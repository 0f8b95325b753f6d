// How far something that takes its time is, with a way to end it; and a word on why it can't be started.

import { mdiStop } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';

export function RunProgress({
  label,
  percent,
  text,
  connected,
  onCancel,
}: {
  readonly label: string;
  /** Of 100; absent: nobody knows yet. */
  readonly percent: number | undefined;
  readonly text: string;
  readonly connected: boolean;
  /** Settles when it was asked for; never rejects. */
  readonly onCancel: () => Promise<void>;
}) {
  const [ending, setEnding] = useState(false);
  return (
    <Box>
      <LinearProgress
        aria-label={label}
        variant={percent === undefined ? 'indeterminate' : 'determinate'}
        value={percent ?? 0}
        sx={{ mb: 0.75 }}
      />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minHeight: 34 }}>
        <Typography
          sx={{ flex: 1, fontSize: 12, color: 'text.secondary', minWidth: 0, overflowWrap: 'anywhere' }}
        >
          {text}
        </Typography>
        <Button
          color="error"
          startIcon={<Icon path={mdiStop} />}
          disabled={!connected || ending}
          onClick={() => {
            setEnding(true);
            void onCancel().finally(() => setEnding(false));
          }}
        >
          {ending ? 'Ending …' : 'Cancel'}
        </Button>
      </Box>
    </Box>
  );
}

export const Hint = ({ children }: { readonly children: string }) => (
  <Typography role="status" sx={{ fontSize: 12, color: 'text.secondary', overflowWrap: 'anywhere' }}>
    {children}
  </Typography>
);
