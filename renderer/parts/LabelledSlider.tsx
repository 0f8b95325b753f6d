// A slider with its name, its value and what the value means; tells of a value when it is let go.

import Box from '@mui/material/Box';
import Slider from '@mui/material/Slider';
import Typography from '@mui/material/Typography';
import { useEffect, useId, useState } from 'react';

export function LabelledSlider({
  name,
  value,
  min = 0,
  max,
  step = 1,
  disabled = false,
  format,
  means,
  onChange,
}: {
  readonly name: string;
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  readonly step?: number;
  readonly disabled?: boolean;
  readonly format: (value: number) => string;
  readonly means?: (value: number) => string;
  readonly onChange: (value: number) => void;
}) {
  const id = useId();
  const [moving, setMoving] = useState(value);
  useEffect(() => setMoving(value), [value]);
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box sx={{ display: 'flex', gap: 1 }}>
        <Typography id={id} sx={{ fontSize: 13, flex: 1 }}>
          {name}
        </Typography>
        <Typography sx={{ fontSize: 13, fontWeight: 600 }}>{format(moving)}</Typography>
      </Box>
      <Box sx={{ px: 1 }}>
        <Slider
          size="small"
          aria-labelledby={id}
          getAriaValueText={(now) => (means ? `${format(now)}. ${means(now)}` : format(now))}
          {...{ value: moving, min, max, step, disabled }}
          onChange={(_event, now) => setMoving(now as number)}
          onChangeCommitted={(_event, now) => {
            if (now !== value) onChange(now as number);
          }}
        />
      </Box>
      {means && (
        <Typography sx={{ fontSize: 12, color: 'text.secondary', mt: -0.5 }}>{means(moving)}</Typography>
      )}
    </Box>
  );
}
