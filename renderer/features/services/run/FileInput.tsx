// A file for an input: dropped or chosen; pictures are shown with their size.

import { mdiClose, mdiTrayArrowUp } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { handleOf } from '../../../api/bridge.ts';
import { bytes } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { showError } from '../../../shell/messages-store.ts';
import { type FormField, fileDoubt, type PickedFile } from './form-model.ts';

export const pickFile = async (file: File): Promise<PickedFile> => ({
  ...(await handleOf(file)),
  type: file.type,
  file,
});

export function FileInput({
  field,
  picked,
  problem,
  describedBy,
  onPick,
}: {
  readonly field: FormField;
  readonly picked: PickedFile | undefined;
  readonly problem: string | undefined;
  readonly describedBy: string;
  readonly onPick: (picked: PickedFile | undefined) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (file: File | undefined) => {
    if (file) pickFile(file).then(onPick, showError);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    event.stopPropagation();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Box
      onDragOver={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      sx={({ palette }) => ({
        border: `1.5px dashed ${over ? palette.primary.main : problem ? palette.tones.bad.dot : palette.line}`,
        bgcolor: over ? 'action.hover' : 'transparent',
        borderRadius: 1,
        p: 1.5,
      })}
    >
      <input
        ref={input}
        type="file"
        hidden
        aria-hidden
        tabIndex={-1}
        data-input={field.name}
        accept={field.mediaType === 'application/octet-stream' ? undefined : field.mediaType}
        onChange={({ target }) => {
          take(target.files?.[0]);
          target.value = '';
        }}
      />
      {picked ? (
        <Chosen field={field} picked={picked} onRemove={() => onPick(undefined)} />
      ) : (
        <Box
          sx={{ display: 'flex', alignItems: 'center', gap: 1.5, flexWrap: 'wrap', color: 'text.secondary' }}
        >
          <Icon path={mdiTrayArrowUp} />
          <Typography variant="body2" sx={{ flex: 1, minWidth: 140 }}>
            Drop a file here, or
          </Typography>
          <Button variant="outlined" aria-describedby={describedBy} onClick={() => input.current?.click()}>
            Choose a file
          </Button>
        </Box>
      )}
    </Box>
  );
}

function Chosen({
  field,
  picked,
  onRemove,
}: {
  readonly field: FormField;
  readonly picked: PickedFile;
  readonly onRemove: () => void;
}) {
  const [size, setSize] = useState<string>();
  const url = useObjectUrl(picked.type.startsWith('image/') ? picked.file : undefined);
  const doubt = fileDoubt(field, picked.type);
  return (
    <Box sx={{ display: 'flex', gap: 1.5, alignItems: 'center' }}>
      {url && (
        <Box
          component="img"
          src={url}
          alt={`Preview of ${picked.name}`}
          onLoad={({ currentTarget }) =>
            setSize(`${currentTarget.naturalWidth} × ${currentTarget.naturalHeight} px`)
          }
          onError={() => setSize('not a picture that can be shown')}
          sx={{
            width: 96,
            height: 96,
            objectFit: 'contain',
            borderRadius: 1,
            bgcolor: 'action.hover',
            flexShrink: 0,
          }}
        />
      )}
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {picked.name}
        </Typography>
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
          {[bytes(picked.bytes), size].filter(Boolean).join(', ')}
        </Typography>
        {doubt && (
          <Typography
            variant="body2"
            sx={({ palette }) => ({ fontSize: 12, color: palette.tones.warn.text })}
          >
            {doubt}
          </Typography>
        )}
      </Box>
      <IconButton aria-label={`Remove ${picked.name}`} onClick={onRemove}>
        <Icon path={mdiClose} />
      </IconButton>
    </Box>
  );
}

function useObjectUrl(file: File | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!file) {
      setUrl(undefined);
      return undefined;
    }
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return url;
}
