// A new link between two phones, shaped if wanted.

import Autocomplete from '@mui/material/Autocomplete';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { type FormEvent, useState } from 'react';
import type { LinkKind } from '#schemas';
import { post } from '../../../api/client.ts';
import { showDone, showError } from '../../../shell/messages-store.ts';
import { edgeId, type Graph } from '../graph-model.ts';
import { fieldsOf, noShape, shapeOf, shapeText } from '../shape-words.ts';
import { ShapeFieldsInput } from './ShapeFieldsInput.tsx';

const kinds: Record<LinkKind, { readonly text: string; readonly help: string }> = {
  bridged: { text: 'Bridged', help: 'The lab host carries it, with the delay, loss and rate that you set' },
  direct: { text: 'Direct', help: 'The phones carry it by their own network; it outlives cables' },
};

export interface AddLinkDialogProps {
  readonly phones: readonly string[];
  readonly graph: Graph;
  readonly from: string | undefined;
  readonly onClose: () => void;
}

export function AddLinkDialog({ phones, graph, from, onClose }: AddLinkDialogProps) {
  const [ends, setEnds] = useState<readonly [string | null, string | null]>([from ?? null, null]);
  const [fields, setFields] = useState(fieldsOf(noShape));
  const [kind, setKind] = useState<LinkKind>('bridged');
  const [busy, setBusy] = useState(false);
  const [a, b] = ends;
  const shape = shapeOf(fields);
  const there = a !== null && b !== null && graph.edges.get(edgeId(a, b))?.link !== undefined;
  const valid = a !== null && b !== null && a !== b && !there && (kind === 'direct' || shape !== undefined);

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!valid) return;
    setBusy(true);
    try {
      const shaped = kind === 'bridged' && shape && shapeText(shape) ? { shape } : {};
      await post('link', '/links', { a, b, kind, ...shaped });
      showDone(`A link between ${a} and ${b} is opening`);
      onClose();
    } catch (error) {
      showError(error);
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="add-link">
      <form onSubmit={(event) => void add(event)}>
        <DialogTitle id="add-link">Add a link</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            {(['One phone', 'The other phone'] as const).map((label, at) => (
              <Autocomplete
                key={label}
                options={phones.filter((id) => id !== ends[1 - at])}
                value={ends[at] ?? null}
                onChange={(_event, next) => setEnds(at === 0 ? [next, ends[1]] : [ends[0], next])}
                size="small"
                renderInput={(params) => (
                  <TextField
                    {...params}
                    label={label}
                    autoFocus={at === (from === undefined ? 0 : 1)}
                    error={at === 1 && there}
                    helperText={at === 1 && there ? 'These two are linked already' : undefined}
                  />
                )}
              />
            ))}
            <TextField
              select
              label="Kind"
              value={kind}
              onChange={({ target }) => setKind(target.value as LinkKind)}
              helperText={kinds[kind].help}
            >
              {Object.entries(kinds).map(([value, { text }]) => (
                <MenuItem key={value} value={value}>
                  {text}
                </MenuItem>
              ))}
            </TextField>
            {kind === 'bridged' && <ShapeFieldsInput fields={fields} onChange={setFields} />}
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" disabled={!valid} loading={busy}>
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
