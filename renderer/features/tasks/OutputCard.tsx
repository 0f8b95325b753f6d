// One result: what it is, a preview, and where it is saved.

import { mdiContentSaveOutline, mdiFolderOpenOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { OutputView } from '#schemas';
import { call } from '../../api/bridge.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { bytes } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { showError } from '../../shell/messages-store.ts';
import { OutputPreview } from './OutputPreview.tsx';
import { savedOf, saveOutput, saveOutputAs, useSaved } from './saved-outputs.ts';

export function OutputCard({ taskId, output }: { readonly taskId: string; readonly output: OutputView }) {
  const { name, mediaType, sha256 } = output;
  const save = useSaved(savedOf(taskId, name));
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1, minWidth: 0 }}>
      <Box sx={{ display: 'flex', alignItems: 'baseline', gap: 1, flexWrap: 'wrap' }}>
        <Typography variant="h3">{name}</Typography>
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
          {mediaType}, {bytes(output.bytes)}
        </Typography>
      </Box>
      <OutputPreview taskId={taskId} output={output} />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5, fontSize: 12, color: 'text.secondary' }}>
        SHA-256 {sha256.slice(0, 16)}…
        <CopyButton text={sha256} what="the hash" />
      </Box>
      {save?.phase === 'saved' && (
        <Typography sx={{ fontSize: 12, overflowWrap: 'anywhere' }}>
          Saved as {save.file.path} ({bytes(save.file.bytes)})
        </Typography>
      )}
      {save?.phase === 'failed' && (
        <Typography variant="body2" sx={({ palette }) => ({ fontSize: 12, color: palette.tones.bad.text })}>
          Not saved: {save.message}. Choose another place with “Save as…”.
        </Typography>
      )}
      <Box sx={{ display: 'flex', gap: 1, flexWrap: 'wrap' }}>
        {save?.phase === 'saved' ? (
          <Button
            key="show"
            variant="outlined"
            startIcon={<Icon path={mdiFolderOpenOutline} />}
            onClick={() => void call('files.reveal', { handle: save.file.handle }).catch(showError)}
          >
            Show in folder
          </Button>
        ) : (
          <Button
            key="save"
            variant="outlined"
            loading={save?.phase === 'saving'}
            loadingPosition="start"
            startIcon={<Icon path={mdiContentSaveOutline} />}
            onClick={() =>
              void call('folders.last', {}).then(
                ({ handle }) => saveOutput(taskId, name, handle),
                (error: unknown) => showError(error),
              )
            }
          >
            Save
          </Button>
        )}
        <Button onClick={() => void saveOutputAs(taskId, name)}>Save as…</Button>
      </Box>
    </Box>
  );
}
