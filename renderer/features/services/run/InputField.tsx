// One input of the form: its name, what it takes, where it comes from, and the widget for that.

import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { useId } from 'react';
import { bytes } from '../../../parts/format.ts';
import { CameraInput } from './CameraInput.tsx';
import { FileInput } from './FileInput.tsx';
import type { FieldSource, FieldValue, FormField } from './form-model.ts';
import { ValueInput } from './ValueInput.tsx';

const sourceWord: Record<FieldSource, string> = {
  file: 'File',
  image: 'Image',
  camera: 'Camera',
  value: 'Value',
  url: 'Web address',
};
const NO_URL = 'Agents do not fetch from the network yet: download it and give the file.';

export function InputField({
  field,
  source,
  value,
  problem,
  onSource,
  onChange,
}: {
  readonly field: FormField;
  readonly source: FieldSource;
  readonly value: FieldValue | undefined;
  /** Shown; the form decides when. */
  readonly problem: string | undefined;
  readonly onSource: (source: FieldSource) => void;
  readonly onChange: (value: FieldValue | undefined) => void;
}) {
  const id = useId();
  const { name, description, required, mediaType, maxBytes, sources } = field;
  return (
    <Box role="group" aria-labelledby={`${id}-name`} aria-describedby={`${id}-about`}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, mb: 0.75, flexWrap: 'wrap' }}>
        <Typography id={`${id}-name`} variant="h3" sx={{ flex: 1 }}>
          {name}
          {!required && (
            <Box component="span" sx={{ fontWeight: 400, color: 'text.secondary' }}>
              {' '}
              (optional)
            </Box>
          )}
        </Typography>
        {sources.length > 1 && (
          <ToggleButtonGroup
            exclusive
            size="small"
            value={source}
            onChange={(_event, chosen: FieldSource | null) => chosen && onSource(chosen)}
            aria-label={`Where ${name} comes from`}
          >
            {sources.map((it) =>
              it === 'url' ? (
                <Tooltip key={it} title={NO_URL}>
                  <span>
                    <ToggleButton value={it} disabled sx={{ py: 0.25, textTransform: 'none' }}>
                      {sourceWord[it]}
                    </ToggleButton>
                  </span>
                </Tooltip>
              ) : (
                <ToggleButton key={it} value={it} sx={{ py: 0.25, textTransform: 'none' }}>
                  {sourceWord[it]}
                </ToggleButton>
              ),
            )}
          </ToggleButtonGroup>
        )}
      </Box>
      <Typography id={`${id}-about`} sx={{ fontSize: 12, color: 'text.secondary', mb: 1 }}>
        {description ? `${description} ` : ''}
        {mediaType === 'application/octet-stream' ? 'Any file' : mediaType}, at most {bytes(maxBytes)}.
      </Typography>
      {source === 'camera' ? (
        <CameraInput
          picture={value?.source === 'camera' ? value.picture : undefined}
          onPick={(picture) => onChange({ source: 'camera', picture })}
        />
      ) : source === 'value' ? (
        <ValueInput
          field={field}
          raw={value?.source === 'value' ? value.raw : ''}
          problem={problem}
          onChange={(raw) => onChange({ source: 'value', raw })}
        />
      ) : source === 'url' ? (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>{NO_URL}</Typography>
      ) : (
        <FileInput
          field={field}
          picked={value?.source === 'file' || value?.source === 'image' ? value.picked : undefined}
          problem={problem}
          describedBy={`${id}-about`}
          onPick={(picked) => onChange(picked ? { source, picked } : undefined)}
        />
      )}
      {problem && (
        <Typography
          variant="body2"
          role="alert"
          sx={({ palette }) => ({ mt: 0.5, fontSize: 12, color: palette.tones.bad.text })}
        >
          {problem}
        </Typography>
      )}
    </Box>
  );
}
