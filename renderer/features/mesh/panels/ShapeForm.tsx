// What a bridged link does to its bytes. Applied at once: the two phones notice nothing but the weather.

import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { type FormEvent, useState } from 'react';
import type { LinkView } from '#schemas';
import { post } from '../../../api/client.ts';
import { showDone, showError } from '../../../shell/messages-store.ts';
import { fieldsOf, noShape, type Shape, shapeOf, shapeText } from '../shape-words.ts';
import { ShapeFieldsInput } from './ShapeFieldsInput.tsx';

export function ShapeForm({ link, now }: { readonly link: LinkView; readonly now: Shape }) {
  const [fields, setFields] = useState(fieldsOf(now));
  const [busy, setBusy] = useState(false);
  const shape = shapeOf(fields);
  const changed = JSON.stringify(shape) !== JSON.stringify(now);

  async function apply(next: Shape): Promise<void> {
    setBusy(true);
    try {
      await post('link', '/links', { a: link.a, b: link.b, shape: next });
      showDone(`The link is shaped: ${shapeText(next) || 'no delay, no loss, no limit'}`);
    } catch (error) {
      showError(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Stack
      component="form"
      spacing={1.5}
      aria-label="Shape of the link"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (shape && changed) void apply(shape);
      }}
    >
      <Typography variant="h3">Shape</Typography>
      <ShapeFieldsInput fields={fields} onChange={setFields} />
      <Stack direction="row" spacing={1}>
        <Button type="submit" variant="contained" disabled={!shape || !changed} loading={busy}>
          Apply
        </Button>
        <Button disabled={busy || shapeText(now) === ''} onClick={() => void apply(noShape)}>
          Clear
        </Button>
      </Stack>
    </Stack>
  );
}
