// Some of a few, each with a box.

import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormGroup from '@mui/material/FormGroup';

export const Checks = ({
  label,
  all,
  chosen,
  nameOf,
  onChange,
}: {
  readonly label: string;
  readonly all: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly nameOf: (value: string) => string;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
}) => (
  <FormGroup aria-label={label} role="group" sx={{ maxHeight: 190, overflowY: 'auto', flexWrap: 'nowrap' }}>
    {all.map((value) => (
      <FormControlLabel
        key={value}
        control={
          <Checkbox
            size="small"
            checked={chosen.has(value)}
            onChange={() => onChange(toggled(chosen, value))}
            sx={{ py: 0.5 }}
          />
        }
        label={nameOf(value)}
        slotProps={{ typography: { sx: { fontSize: 13 } } }}
      />
    ))}
  </FormGroup>
);

function toggled(chosen: ReadonlySet<string>, value: string): ReadonlySet<string> {
  const next = new Set(chosen);
  if (!next.delete(value)) next.add(value);
  return next;
}
