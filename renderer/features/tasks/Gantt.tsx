// The timeline drawn: one lane for each phone, bars by state, marks for offers and the end. Every bar can be reached
// by Tab and says its times.

import { mdiFlagCheckered } from '@mdi/js';
import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { memo, useMemo } from 'react';
import type { TaskState, TaskView } from '#schemas';
import { duration, fineDuration } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { type GanttBar, type GanttLane, type GanttMark, ganttOf, type LaneRole } from './gantt-model.ts';
import { taskMeans } from './task-words.ts';

const LABEL_WIDTH = 176;
const LANE_HEIGHT = 40;

/** Places in the theme's series; the same state has the same colour in every timeline. */
const stateColour: Partial<Record<TaskState, number>> = {
  queued: 5,
  offering: 2,
  starting: 4,
  retrieving: 6,
  running: 0,
  delivering: 1,
};
const roleWord: Record<LaneRole, string> = {
  requester: 'requests',
  executor: 'runs',
  source: 'sends the package',
};

export const Gantt = memo(function Gantt({
  task,
  nowMs,
}: {
  readonly task: TaskView;
  readonly nowMs: number;
}) {
  const { lanes, totalMs, ticks } = useMemo(() => ganttOf(task, nowMs), [task, nowMs]);
  const place = (ms: number) => `${(ms / totalMs) * 100}%`;
  return (
    <Box role="group" aria-label={`Timeline over ${lanes.length} phones, ${duration(totalMs)}`}>
      {lanes.map((lane) => (
        <Lane key={lane.phone} lane={lane} place={place} ticks={ticks} />
      ))}
      <Box sx={{ display: 'flex' }} aria-hidden>
        <Box sx={{ width: LABEL_WIDTH, flexShrink: 0 }} />
        <Box sx={{ position: 'relative', flex: 1, height: 20, mr: 3 }}>
          {ticks.map((tick) => (
            <Typography
              key={tick}
              style={{ left: place(tick) }}
              sx={{
                position: 'absolute',
                transform: 'translateX(-50%)',
                fontSize: 11,
                color: 'text.secondary',
                whiteSpace: 'nowrap',
              }}
            >
              {fineDuration(tick)}
            </Typography>
          ))}
        </Box>
      </Box>
    </Box>
  );
});

function Lane({
  lane,
  place,
  ticks,
}: {
  readonly lane: GanttLane;
  readonly place: (ms: number) => string;
  readonly ticks: readonly number[];
}) {
  return (
    <Box sx={{ display: 'flex', height: LANE_HEIGHT, borderBottom: 1, borderColor: 'divider' }}>
      <Box sx={{ width: LABEL_WIDTH, flexShrink: 0, pr: 1, alignSelf: 'center', minWidth: 0 }}>
        <Typography noWrap title={lane.phone} sx={{ fontSize: 12.5, fontWeight: 600, lineHeight: 1.3 }}>
          {lane.phone}
        </Typography>
        <Typography noWrap sx={{ fontSize: 11, color: 'text.secondary', lineHeight: 1.3 }}>
          {lane.roles.map((role) => roleWord[role]).join(', ')}
        </Typography>
      </Box>
      <Box sx={{ position: 'relative', flex: 1, mr: 3 }}>
        {ticks.map((tick) => (
          <Box
            key={tick}
            aria-hidden
            style={{ left: place(tick) }}
            sx={{ position: 'absolute', top: 0, bottom: 0, borderLeft: 1, borderColor: 'divider' }}
          />
        ))}
        {lane.bars.map((bar) => (
          <Bar key={`${bar.id} ${bar.label}`} bar={bar} phone={lane.phone} place={place} />
        ))}
        {lane.marks.map((mark) => (
          <Mark key={mark.id} mark={mark} phone={lane.phone} place={place} />
        ))}
      </Box>
    </Box>
  );
}

/** Two ends of a short bar are told apart. */
const moment = (ms: number): string => (ms < 1_000 ? fineDuration(ms) : `${(ms / 1_000).toFixed(3)} s`);

function Bar({
  bar,
  phone,
  place,
}: {
  readonly bar: GanttBar;
  readonly phone: string;
  readonly place: (ms: number) => string;
}) {
  const { label, state, fromMs, toMs, open, note, aside } = bar;
  const took = open ? 'so far' : duration(toMs - fromMs);
  const times = `${moment(fromMs)} to ${open ? 'now' : moment(toMs)} (${took})`;
  return (
    <Tooltip
      title={
        <>
          <strong>{label}</strong> on {phone}
          <br />
          {times}
          <br />
          {note ?? (aside ? '' : taskMeans(state))}
        </>
      }
    >
      <Box
        component="button"
        type="button"
        aria-label={`${label} on ${phone}, ${times}${note ? `. ${note}` : ''}`}
        style={{ left: place(fromMs), width: `calc(${place(toMs - fromMs)} - 1px)` }}
        sx={({ palette }) => ({
          position: 'absolute',
          top: aside ? LANE_HEIGHT / 2 - 5 : 8,
          height: aside ? 10 : LANE_HEIGHT - 16,
          minWidth: '4px',
          p: 0,
          px: '4px',
          border: 0,
          borderRadius: '4px',
          boxSizing: 'border-box',
          bgcolor: palette.series[stateColour[state] ?? 0],
          opacity: aside ? 0.6 : 1,
          color: palette.background.paper,
          font: 'inherit',
          fontSize: 11,
          textAlign: 'left',
          overflow: 'hidden',
          whiteSpace: 'nowrap',
          cursor: 'default',
          // A name that would be cut off says nothing.
          containerType: 'inline-size',
          [`@container (max-width: ${label.length * 6.5}px)`]: { '& > span': { display: 'none' } },
          '&:focus-visible': {
            outline: `2px solid ${palette.text.primary}`,
            outlineOffset: '1px',
            zIndex: 2,
          },
        })}
      >
        {aside ? null : <span>{label}</span>}
      </Box>
    </Tooltip>
  );
}

function Mark({
  mark,
  phone,
  place,
}: {
  readonly mark: GanttMark;
  readonly phone: string;
  readonly place: (ms: number) => string;
}) {
  const text = `${mark.label}, after ${moment(mark.atMs)}`;
  return (
    <Tooltip title={text}>
      <Box
        component="span"
        tabIndex={0}
        role="img"
        aria-label={`${phone}: ${text}`}
        style={{ left: place(mark.atMs) }}
        sx={({ palette }) => ({
          position: 'absolute',
          lineHeight: 0,
          color: palette.text.secondary,
          borderRadius: '3px',
          ...(mark.kind === 'end'
            ? { top: 10, ml: '3px' }
            : {
                top: 2,
                ml: '-4px',
                width: 8,
                height: 8,
                transform: 'rotate(45deg)',
                bgcolor: palette.text.primary,
                border: `1px solid ${palette.background.paper}`,
                zIndex: 1,
              }),
          '&:focus-visible': {
            outline: `2px solid ${palette.primary.main}`,
            outlineOffset: '2px',
            zIndex: 2,
          },
        })}
      >
        {mark.kind === 'end' && <Icon path={mdiFlagCheckered} sx={{ fontSize: 18 }} />}
      </Box>
    </Tooltip>
  );
}
