// A picture from the camera folder, which stands in for the camera of virtual phones.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';
import { toErrorShape } from '#base';
import type { CameraPicture } from '#schemas';
import { call } from '../../../api/bridge.ts';
import { bytes } from '../../../parts/format.ts';

export function CameraInput({
  picture,
  onPick,
}: {
  readonly picture: CameraPicture | undefined;
  readonly onPick: (picture: CameraPicture) => void;
}) {
  const [roll, setRoll] = useState<{ folder: string; pictures: CameraPicture[] }>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let gone = false;
    call('camera.pictures', {}).then(
      (answer) => !gone && setRoll(answer),
      (error: unknown) => !gone && setProblem(toErrorShape(error).message),
    );
    return () => {
      gone = true;
    };
  }, []);
  if (problem)
    return (
      <Alert severity="error" variant="outlined">
        The camera folder can’t be read: {problem}.
      </Alert>
    );
  if (!roll) return <Skeleton variant="rounded" height={110} aria-label="Loading the pictures" />;
  return (
    <>
      <Typography sx={{ fontSize: 12, color: 'text.secondary', mb: 1, overflowWrap: 'anywhere' }}>
        Virtual phones have no camera: these pictures stand in for one. Put your own into {roll.folder}.
      </Typography>
      <Box role="radiogroup" aria-label="Pictures" sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
        {roll.pictures.length === 0 && (
          <Typography sx={{ fontSize: 12.5 }}>The folder has no PNG, JPEG or WebP picture.</Typography>
        )}
        {roll.pictures.map((it) => (
          <Picture key={it.name} picture={it} chosen={picture?.name === it.name} onPick={onPick} />
        ))}
      </Box>
    </>
  );
}

function Picture({
  picture,
  chosen,
  onPick,
}: {
  readonly picture: CameraPicture;
  readonly chosen: boolean;
  readonly onPick: (picture: CameraPicture) => void;
}) {
  return (
    <ButtonBase
      role="radio"
      aria-checked={chosen}
      aria-label={picture.name}
      onClick={() => onPick(picture)}
      focusRipple
      sx={({ palette }) => ({
        width: 128,
        flexDirection: 'column',
        alignItems: 'stretch',
        p: 0.75,
        borderRadius: 1,
        border: `2px solid ${chosen ? palette.primary.main : palette.divider}`,
        '&.Mui-focusVisible': { outline: `2px solid ${palette.primary.main}`, outlineOffset: '2px' },
      })}
    >
      {picture.preview ? (
        <Box
          component="img"
          src={picture.preview}
          alt=""
          sx={{ width: '100%', height: 76, objectFit: 'cover' }}
        />
      ) : (
        <Box sx={{ height: 76, display: 'grid', placeItems: 'center', fontSize: 12 }}>too large to show</Box>
      )}
      <Typography noWrap sx={{ fontSize: 11.5, mt: 0.5 }}>
        {picture.name}
      </Typography>
      <Typography sx={{ fontSize: 11, color: 'text.secondary' }}>{bytes(picture.bytes)}</Typography>
    </ButtonBase>
  );
}
