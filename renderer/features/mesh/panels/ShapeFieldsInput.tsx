import InputAdornment from '@mui/material/InputAdornment';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { problemOf, type ShapeFields } from '../shape-words.ts';

const rows = [
  ['delay', 'Delay, each way', 'ms'],
  ['loss', 'Loss', '%'],
  ['rate', 'Rate', 'kB/s'],
] as const;

const hints = {
  delay: undefined,
  loss: 'Loss is a retransmission’s delay: no bytes are missing',
  rate: 'Empty: no limit',
} as const;

/** Delay, loss and rate as three fields with their units. */
export function ShapeFieldsInput({
  fields,
  onChange,
}: {
  readonly fields: ShapeFields;
  readonly onChange: (fields: ShapeFields) => void;
}) {
  return (
    <Stack spacing={1.5}>
      {rows.map(([field, label, unit]) => {
        const problem = problemOf(field, fields[field]);
        return (
          <TextField
            key={field}
            label={label}
            value={fields[field]}
            onChange={({ target }) => onChange({ ...fields, [field]: target.value })}
            error={problem !== undefined}
            helperText={problem ?? hints[field]}
            slotProps={{
              htmlInput: { inputMode: 'decimal' },
              input: { endAdornment: <InputAdornment position="end">{unit}</InputAdornment> },
            }}
          />
        );
      })}
    </Stack>
  );
}
