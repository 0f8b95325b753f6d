// The agent's log as it grows: filtered by level and text, paused, copied. Asked for only while it is looked at.

import { mdiPause, mdiPlay } from '@mdi/js';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { PhoneView } from '#schemas';
import { get } from '../../../api/client.ts';
import { CopyButton } from '../../../parts/CopyButton.tsx';
import { timeOfDay } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { usePolled } from '../../mesh/data/use-polled.ts';
import { type LogLevel, type LogLine, logLines, shownLines } from './log-lines.ts';

const EVERY_MS = 1_000;
const LINES = 300;
const levels: readonly (readonly [LogLevel, string])[] = [
  ['debug', 'All levels'],
  ['info', 'From info'],
  ['warn', 'From warning'],
  ['error', 'Errors'],
];
const tones = { debug: 'off', info: 'off', warn: 'warn', error: 'bad' } as const;
const none: readonly string[] = [];

export function PhoneLog({ phone }: { readonly phone: PhoneView }) {
  const [least, setLeast] = useState<LogLevel>('debug');
  const [text, setText] = useState('');
  const [paused, setPaused] = useState(false);
  const attached = phone.state === 'running';
  const { serial } = phone;
  const path = `/phones/${encodeURIComponent(serial)}/log?lines=${LINES}`;
  const { value, error } = usePolled(attached ? path : undefined, EVERY_MS, (signal) =>
    get('log', path, { signal }),
  );
  const kept = useKept(serial, value?.lines, paused);
  const lines = useMemo(() => logLines(kept), [kept]);
  const shown = useMemo(() => shownLines(lines, least, text), [lines, least, text]);
  return (
    <Box>
      <Box
        sx={{
          display: 'flex',
          gap: 1,
          mb: 1,
          alignItems: 'center',
          '& .MuiInputBase-root': { fontSize: 13, height: 32 },
        }}
      >
        <TextField
          placeholder="Filter"
          value={text}
          onChange={({ target }) => setText(target.value)}
          sx={{ flex: 1, minWidth: 60 }}
          slotProps={{ htmlInput: { 'aria-label': 'Filter the log' } }}
        />
        <TextField
          select
          value={least}
          onChange={({ target }) => setLeast(target.value as LogLevel)}
          sx={{ width: 128 }}
          slotProps={{ select: { 'aria-label': 'Level' } }}
        >
          {levels.map(([id, label]) => (
            <MenuItem key={id} value={id}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        <Tooltip title={paused ? 'Go on' : 'Pause'}>
          <IconButton
            aria-label={paused ? 'Go on with the log' : 'Pause the log'}
            aria-pressed={paused}
            onClick={() => setPaused(!paused)}
          >
            <Icon path={paused ? mdiPlay : mdiPause} sx={{ fontSize: 18 }} />
          </IconButton>
        </Tooltip>
        <CopyButton text={shown.map(({ raw }) => raw).join('\n')} what="the shown lines" />
      </Box>
      {error && kept.length === 0 && (
        <Typography sx={{ fontSize: 12.5, color: 'error.main' }}>{error.message}</Typography>
      )}
      {!attached && (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary', mb: 0.5 }}>
          {kept.length === 0
            ? 'The log can be read while the agent is attached.'
            : 'No agent is attached: these are the last lines that were read.'}
        </Typography>
      )}
      {(attached || kept.length > 0) && (
        <Lines lines={shown} empty={kept.length === 0 ? 'Reading …' : 'No line fits.'} />
      )}
    </Box>
  );
}

/** The last lines that were read, also while the phone is away or the log is paused. */
function useKept(serial: string, lines: readonly string[] | undefined, paused: boolean): readonly string[] {
  const [kept, setKept] = useState({ serial, lines: none });
  useEffect(() => {
    if (paused || !lines) return;
    setKept((before) =>
      before.serial === serial && before.lines.length === lines.length && before.lines.at(-1) === lines.at(-1)
        ? before
        : { serial, lines },
    );
  }, [serial, lines, paused]);
  return kept.serial === serial ? kept.lines : none;
}

const AT_END_PX = 24;

function Lines({ lines, empty }: { readonly lines: readonly LogLine[]; readonly empty: string }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  // New lines are followed, unless one has scrolled up to read.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the lines are what moves the end
  useEffect(() => {
    if (atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);
  return (
    <Box
      ref={box}
      role="log"
      aria-label="Log of the agent"
      aria-live="off"
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < AT_END_PX;
      }}
      sx={({ palette }) => ({
        height: 260,
        overflow: 'auto',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        bgcolor: palette.background.default,
        p: 1,
        fontFamily: 'ui-monospace, monospace',
        fontSize: 11.5,
        lineHeight: 1.5,
      })}
    >
      {lines.length === 0 && <Box sx={{ color: 'text.secondary' }}>{empty}</Box>}
      {lines.map(({ key, level, at, message, more, raw }) => (
        <Box
          key={key}
          title={raw}
          sx={({ palette }) => ({
            overflowWrap: 'anywhere',
            ...(tones[level] === 'off' ? {} : { color: palette.tones[tones[level]].text }),
          })}
        >
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {at === undefined ? '' : `${timeOfDay(at)} `}
            {level === 'info' ? '' : `${level} `}
          </Box>
          {message}
          {more && (
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {' '}
              {more}
            </Box>
          )}
        </Box>
      ))}
    </Box>
  );
}
