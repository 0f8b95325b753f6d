// A value for an input, by its JSON Schema: text, number, yes or no, one of several, or JSON.

import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import type { FormField } from './form-model.ts';

export function ValueInput({
  field,
  raw,
  problem,
  onChange,
}: {
  readonly field: FormField;
  readonly raw: string;
  readonly problem: string | undefined;
  readonly onChange: (raw: string) => void;
}) {
  const { name, widget, choices, schema } = field;
  if (widget === 'boolean')
    return (
      <FormControlLabel
        control={
          <Switch
            checked={raw === 'true'}
            onChange={({ target }) => onChange(target.checked ? 'true' : 'false')}
          />
        }
        label={raw === 'true' ? 'true' : 'false'}
        slotProps={{ typography: { sx: { fontSize: 13 } } }}
      />
    );
  const common = {
    fullWidth: true,
    value: raw,
    error: problem !== undefined,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  if (widget === 'choice')
    return (
      <TextField {...common} select slotProps={{ htmlInput: { 'aria-label': name } }}>
        {choices.map((choice, at) => (
          <MenuItem key={JSON.stringify(choice)} value={String(at)}>
            {typeof choice === 'string' ? choice : JSON.stringify(choice)}
          </MenuItem>
        ))}
      </TextField>
    );
  const many = widget === 'json' || widget === 'text';
  return (
    <TextField
      {...common}
      multiline={many}
      {...(many ? { minRows: 3, maxRows: 12 } : {})}
      placeholder={widget === 'json' ? exampleOf(schema) : undefined}
      slotProps={{
        htmlInput: {
          'aria-label': name,
          spellCheck: false,
          ...(widget === 'number' ? { inputMode: 'decimal' } : {}),
        },
        input: { sx: widget === 'json' ? { fontFamily: 'monospace', fontSize: 12.5 } : {} },
      }}
    />
  );
}

/** The first example of the schema, or a hint of its shape. */
function exampleOf({ examples, type }: FormField['schema']): string {
  if (Array.isArray(examples) && examples.length > 0)
    return JSON.stringify(examples[0], null, 2).slice(0, 300);
  return type === 'array' ? '[ ]' : '{ }';
}
