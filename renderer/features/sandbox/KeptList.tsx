// What was kept, the latest first: one is shown, another one can be put beside it.

import { mdiCompareHorizontal } from '@mdi/js';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Skeleton from '@mui/material/Skeleton';
import ToggleButton from '@mui/material/ToggleButton';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { type KeyboardEvent, memo, useState } from 'react';
import { dateAndTime } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import type { Tone } from '../../theme/theme.ts';
import { nextAt } from './list-keys.ts';

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
  const [visited, setVisited] = useState<string>();
  const known = (runId: string | undefined) => items?.some((item) => item.runId === runId) === true;
  const stop = known(visited) ? visited : known(shown) ? shown : items?.[0]?.runId;
  return (
    <Panel title="History">
      {items === undefined ? (
        <Skeleton variant="rounded" height={80} />
      ) : items.length === 0 ? (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>{empty}</Typography>
      ) : (
        <Box
          component="ul"
          aria-label={`Earlier ${noun}s: arrow keys go from one to the next`}
          onKeyDown={moveFocus}
          sx={{
            ...{ m: 0, p: 0.25, listStyle: 'none', display: 'grid', gap: 0.5 },
            // Not wider than the panel, however long a phone's name is.
            gridTemplateColumns: 'minmax(0, 1fr)',
            ...{ maxHeight: 420, overflowY: 'auto' },
          }}
        >
          {items.map((item) => (
            <Box
              component="li"
              key={item.runId}
              onFocus={() => setVisited(item.runId)}
              sx={{ display: 'flex', gap: 0.5, alignItems: 'stretch' }}
            >
              <Kept
                item={item}
                chosen={item.runId === shown}
                tabIndex={item.runId === stop ? 0 : -1}
                onChoose={() => onShow(item.runId)}
              />
              <Tooltip
                title={item.runId === other ? 'Compare no longer' : `Compare with the ${noun} that is shown`}
              >
                <span>
                  <ToggleButton
                    size="small"
                    value="with"
                    selected={item.runId === other}
                    tabIndex={item.runId === stop ? 0 : -1}
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

/** To the same button of another entry; to its first one where that can't be pressed. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const list = event.currentTarget;
  const entries = [...list.children];
  const at = entries.findIndex((entry) => entry.contains(event.target as Node));
  const to = nextAt(event.key, at, entries.length);
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  const buttonsOf = (entry: Element | undefined) => [...(entry?.querySelectorAll('button') ?? [])];
  const column = buttonsOf(entries[at]).indexOf(event.target as HTMLButtonElement);
  const buttons = buttonsOf(entries[to]);
  const same = buttons[column];
  (same && !same.disabled ? same : buttons[0])?.focus();
}

function Kept({
  item: { startedAt, state, about },
  chosen,
  tabIndex,
  onChoose,
}: {
  readonly item: KeptItem;
  readonly chosen: boolean;
  readonly tabIndex: number;
  readonly onChoose: () => void;
}) {
  return (
    <ButtonBase
      tabIndex={tabIndex}
      onClick={onChoose}
      aria-current={chosen}
      sx={({ palette }) => ({
        ...{ flex: 1, minWidth: 0, display: 'block', textAlign: 'left', px: 1, py: 0.75, borderRadius: 1 },
        font: 'inherit',
        border: `1px solid ${chosen ? palette.primary.main : palette.divider}`,
        bgcolor: chosen ? palette.action.selected : 'transparent',
      })}
    >
      <Box
        sx={{
          ...{ display: 'flex', flexWrap: 'wrap', columnGap: 1, rowGap: 0.25 },
          ...{ alignItems: 'center', justifyContent: 'space-between' },
        }}
      >
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
          ...{ display: 'block', fontSize: 12, overflowWrap: 'anywhere', textWrap: 'pretty' },
          color: chosen ? 'text.primary' : 'text.secondary',
        }}
      >
        {about}
      </Typography>
    </ButtonBase>
  );
}
