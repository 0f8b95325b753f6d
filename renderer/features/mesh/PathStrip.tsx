// The ways that are drawn, in words: whose, where it stands, through which phones.

import { mdiArrowRight, mdiClose } from '@mdi/js';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { Fragment } from 'react';
import { Link as RouterLink } from 'react-router';
import { count } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import type { TracedLeg } from './data/use-paths.ts';
import { type Leg, legLabel } from './task-legs.ts';

export interface NamedLeg extends Leg {
  readonly taskId?: string;
  readonly name?: string;
}

export interface PathStripProps {
  readonly legs: readonly TracedLeg<NamedLeg>[];
  /** Said when a task was chosen that has no way to draw. */
  readonly note: string | undefined;
  readonly onClose: (() => void) | undefined;
}

/** Long ways are told by their ends. */
const MOST_NAMES = 7;

export function PathStrip({ legs, note, onClose }: PathStripProps) {
  if (legs.length === 0 && note === undefined) return null;
  return (
    <Box
      component="section"
      aria-label="Ways that are drawn"
      sx={{
        position: 'absolute',
        top: 12,
        left: 12,
        right: 12,
        maxWidth: 640,
        px: 1.5,
        py: 1,
        bgcolor: 'background.paper',
        border: 1,
        borderColor: 'divider',
        borderRadius: 2,
        display: 'flex',
        alignItems: 'flex-start',
        gap: 1,
        zIndex: 1,
      }}
    >
      <Box sx={{ flex: 1, minWidth: 0, display: 'grid', gap: 0.75 }}>
        {note !== undefined && <Typography>{note}</Typography>}
        {legs.map(({ leg, path, complete }) => (
          <Box key={`${leg.taskId ?? ''} ${leg.from} ${leg.to}`}>
            <Typography sx={{ fontSize: 12 }} color="text.secondary">
              {leg.taskId !== undefined && (
                <Link component={RouterLink} to={`/tasks/${encodeURIComponent(leg.taskId)}`}>
                  {leg.name ?? 'Task'}
                </Link>
              )}
              {leg.taskId !== undefined && ' · '}
              {legLabel[leg.kind]} · {count(path.length - 1, 'hop')}
            </Typography>
            <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 0.5 }}>
              {shortened(path).map((id, at) => (
                <Fragment key={id}>
                  {at > 0 && <Icon path={mdiArrowRight} sx={{ fontSize: 14, color: 'primary.main' }} />}
                  <Typography component="span" sx={{ fontWeight: 600, fontSize: 12.5 }}>
                    {id}
                  </Typography>
                </Fragment>
              ))}
              {!complete && (
                <Typography component="span" color="text.secondary" sx={{ fontSize: 12.5 }}>
                  … no route from here to {leg.to} is known yet
                </Typography>
              )}
            </Box>
          </Box>
        ))}
      </Box>
      {onClose && (
        <IconButton aria-label="Stop showing this way" onClick={onClose}>
          <Icon path={mdiClose} />
        </IconButton>
      )}
    </Box>
  );
}

function shortened(path: readonly string[]): readonly string[] {
  if (path.length <= MOST_NAMES) return path;
  return [...path.slice(0, 3), `${path.length - 6} more`, ...path.slice(-3)];
}
