// What was kept, the latest first: one is shown, another one can be put beside it.

import { mdiCompareHorizontal } from '@mdi/js';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Skeleton from '@mui/material/Skeleton';
import ToggleButton from '@mui/material/ToggleButton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import { dateAndTime } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import type { Tone } from '../../theme/theme.ts';

export interface KeptItem {
  readonly runId: string;
  readonly startedAt: number;
  readonly state: { readonly tone: Tone; readonly word: string };
  readonly running: boolean;
  /** Where, and what of it. */
  readonly about: string;
}

interface KeptListProps {
  readonly items: readonly KeptItem[] | undefined;
  /** Said where there are none. */
  readonly empty: string;
  /** `run`, `attack`: for the names of buttons. */
  readonly noun: string;
  readonly shown: string | undefined;
  readonly other: string | undefined;
  readonly onShow: (runId: string) => void;
  /** Undefined: no longer. */
  readonly onCompare: (runId: string | undefined) => void;
}

export const KeptList = memo(function KeptList({ items, empty, noun, ...choice }: KeptListProps) {
  const { shown, other, onShow, onCompare } = choice;
  return (
    <Panel title="History">
      {items === undefined ? (
        <Skeleton variant="rounded" height={80} />
      ) : items.length === 0 ? (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>{empty}</Typography>
      ) : (
        <Box
          component="ul"
          sx={{
            ...{ m: 0, p: 0.25, listStyle: 'none', display: 'grid', gap: 0.5 },
            ...{ maxHeight: 420, overflowY: 'auto' },
          }}
        >
          {items.map((item) => (
            <Box component="li" key={item.runId} sx={{ display: 'flex', gap: 0.5, alignItems: 'stretch' }}>
              <Kept item={item} chosen={item.runId === shown} onChoose={() => onShow(item.runId)} />
              <Tooltip
                title={item.runId === other ? 'Compare no longer' : `Compare with the ${noun} that is shown`}
              >
                <span>
                  <ToggleButton
                    size="small"
                    value="with"
                    selected={item.runId === other}
                    disabled={item.runId === shown || item.running}
                    aria-label={`Compare with the ${noun} of ${dateAndTime(item.startedAt)}`}
                    onChange={() => onCompare(item.runId === other ? undefined : item.runId)}
                    sx={{ height: '100%', px: 0.75 }}
                  >
                    <Icon path={mdiCompareHorizontal} sx={{ fontSize: 18 }} />
                  </ToggleButton>
                </span>
              </Tooltip>
            </Box>
          ))}
        </Box>
      )}
    </Panel>
  );
});

function Kept({
  item: { startedAt, state, about },
  chosen,
  onChoose,
}: {
  readonly item: KeptItem;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <ButtonBase
      onClick={onChoose}
      aria-current={chosen}
      sx={({ palette }) => ({
        ...{ flex: 1, minWidth: 0, display: 'block', textAlign: 'left', px: 1, py: 0.75, borderRadius: 1 },
        font: 'inherit',
        border: `1px solid ${chosen ? palette.primary.main : palette.divider}`,
        bgcolor: chosen ? palette.action.selected : 'transparent',
      })}
    >
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center', justifyContent: 'space-between' }}>
        <Typography component="span" noWrap sx={{ fontSize: 12.5, fontWeight: 550 }}>
          {dateAndTime(startedAt)}
        </Typography>
        <Box component="span" sx={{ flexShrink: 0 }}>
          <StateChip tone={state.tone} label={state.word} />
        </Box>
      </Box>
      <Typography
        component="span"
        sx={{
          ...{ display: 'block', fontSize: 12, overflowWrap: 'anywhere' },
          color: chosen ? 'text.primary' : 'text.secondary',
        }}
      >
        {about}
      </Typography>
    </ButtonBase>
  );
}
