// A switch with its name and what it means.

import Box from '@mui/material/Box';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useId } from 'react';

export function LabelledSwitch({
  name,
  means,
  on,
  disabled = false,
  onChange,
}: {
  readonly name: string;
  readonly means?: string;
  readonly on: boolean;
  readonly disabled?: boolean;
  readonly onChange: (on: boolean) => void;
}) {
  const id = useId();
  return (
    <Box sx={{ display: 'flex', alignItems: 'flex-start', gap: 1 }}>
      <Box
        component="label"
        htmlFor={id}
        sx={{ flex: 1, minWidth: 0, py: 0.25, cursor: disabled ? 'default' : 'pointer' }}
      >
        <Typography sx={{ fontSize: 13 }}>{name}</Typography>
        {means && (
          <Typography id={`${id}-means`} sx={{ fontSize: 12, color: 'text.secondary' }}>
            {means}
          </Typography>
        )}
      </Box>
      <Switch
        size="small"
        checked={on}
        disabled={disabled}
        onChange={(_event, checked) => onChange(checked)}
        slotProps={{
          input: { id, role: 'switch', ...(means ? { 'aria-describedby': `${id}-means` } : {}) },
        }}
      />
    </Box>
  );
}
