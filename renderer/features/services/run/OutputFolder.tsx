// Where results are saved, and whether by themselves.

import { mdiFolderOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import type { FolderHandle } from '#schemas';
import { call } from '../../../api/bridge.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { showError } from '../../../shell/messages-store.ts';
import { setAutoSave, useRuns } from './run-store.ts';

/** The folder chosen last; undefined until it is known. */
export function useOutputFolder(): [FolderHandle | undefined, (folder: FolderHandle) => void] {
  const [folder, setFolder] = useState<FolderHandle>();
  useEffect(() => {
    let gone = false;
    call('folders.last', {}).then((last) => !gone && setFolder(last), showError);
    return () => {
      gone = true;
    };
  }, []);
  return [folder, setFolder];
}

export function OutputFolder({
  folder,
  onChange,
}: {
  readonly folder: FolderHandle | undefined;
  readonly onChange: (folder: FolderHandle) => void;
}) {
  const autoSave = useRuns((data) => data.autoSave);
  const choose = async () => {
    const { folder: chosen } = await call('folders.choose', {});
    if (chosen) onChange(chosen);
  };
  return (
    <Box>
      <FormControlLabel
        control={
          <Switch checked={autoSave} onChange={({ target }) => setAutoSave(target.checked)} size="small" />
        }
        label="Save results by themselves"
        slotProps={{ typography: { sx: { fontSize: 13 } } }}
      />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 0.5, flexWrap: 'wrap' }}>
        <Icon path={mdiFolderOutline} sx={{ fontSize: 18, color: 'text.secondary' }} />
        <Typography sx={{ flex: '1 1 200px', fontSize: 12.5, overflowWrap: 'anywhere', minHeight: 19 }}>
          {folder?.path ?? ''}
        </Typography>
        <Button onClick={() => void choose().catch(showError)}>Change…</Button>
        <Button onClick={() => void call('folders.default', {}).then(onChange, showError)}>Default</Button>
      </Box>
      <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
        Files get new names with date and time: nothing is ever overwritten.
      </Typography>
    </Box>
  );
}
