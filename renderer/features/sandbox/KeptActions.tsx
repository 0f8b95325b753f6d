// What can be done with a kept run: saved in a file of a format, or forgotten after a question.

import { mdiDeleteOutline, mdiDownload } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonGroup from '@mui/material/ButtonGroup';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { useState } from 'react';
import type { AppVerbs } from '#schemas';
import { call } from '../../api/bridge.ts';
import { tell } from '../../api/client.ts';
import { bytes } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { showDone, showError } from '../../shell/messages-store.ts';
import { ConfirmDialog } from '../settings/ConfirmDialog.tsx';

type Export = AppVerbs['exports.save']['params'];

export function KeptActions({
  noun,
  formats,
  apiPath,
  disabled,
  onForgotten,
}: {
  /** `measurement`, `attack`. */
  readonly noun: string;
  readonly formats: readonly (readonly [name: string, save: Export])[];
  /** What is deleted to forget it. */
  readonly apiPath: string;
  readonly disabled: boolean;
  readonly onForgotten: () => void;
}) {
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  function doing(work: Promise<unknown>): void {
    setBusy(true);
    work.catch(showError).finally(() => setBusy(false));
  }
  const save = (what: Export) =>
    doing(
      call('exports.save', what).then(({ saved }) => {
        if (saved) showDone(`${bytes(saved.bytes)} saved as ${saved.path}`);
      }),
    );
  return (
    <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', flexShrink: 0 }}>
      <ButtonGroup
        size="small"
        variant="outlined"
        aria-label={`Export this ${noun}`}
        disabled={disabled || busy}
      >
        {formats.map(([name, what], at) => (
          <Button
            key={name}
            {...(at === 0 ? { startIcon: <Icon path={mdiDownload} /> } : {})}
            onClick={() => save(what)}
          >
            {name}
          </Button>
        ))}
      </ButtonGroup>
      <Tooltip title={`Forget this ${noun}`}>
        <span>
          <IconButton
            aria-label={`Forget this ${noun}`}
            disabled={disabled || busy}
            onClick={() => setAsking(true)}
          >
            <Icon path={mdiDeleteOutline} sx={{ fontSize: 18 }} />
          </IconButton>
        </span>
      </Tooltip>
      <ConfirmDialog
        open={asking}
        title={`Forget this ${noun}?`}
        action="Forget it"
        onClose={() => setAsking(false)}
        onConfirm={() =>
          doing(
            tell('DELETE', apiPath).then(() => {
              showDone(`The ${noun} is forgotten`);
              onForgotten();
            }),
          )
        }
      >
        It is taken out of the lab host’s history for good. Export it first if you may need it.
      </ConfirmDialog>
    </Box>
  );
}
