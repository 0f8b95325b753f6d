// How it goes with what is being done to chosen phones: each one by itself, the failed ones with their reason.

import { mdiClose } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import { count } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { StateChip } from '../../../parts/StateChip.tsx';
import type { Tone } from '../../../theme/theme.ts';
import { type Batch, dismissBatch, useBatch } from './batch-store.ts';
import { type Outcome, tallyOf } from './run-batch.ts';

const words: Record<Outcome['state'], { readonly tone: Tone; readonly word: string }> = {
  failed: { tone: 'bad', word: 'Failed' },
  busy: { tone: 'busy', word: 'Under way' },
  waiting: { tone: 'off', word: 'Waiting' },
  cancelled: { tone: 'warn', word: 'Cancelled' },
  done: { tone: 'ok', word: 'Done' },
};
const order = Object.keys(words);

export function BatchPanel() {
  const batch = useBatch((data) => data.batch);
  return batch ? <Shown batch={batch} /> : null;
}

function Shown({ batch }: { readonly batch: Batch }) {
  const { title, outcomes, running, cancel } = batch;
  const tally = tallyOf(outcomes.values());
  const ended = tally.done + tally.failed + tally.cancelled;
  /** When all went well there is nothing more to read. */
  const brief = !running && tally.failed + tally.cancelled === 0;
  const rows = useMemo(
    () =>
      [...outcomes].sort(
        ([a, one], [b, other]) => order.indexOf(one.state) - order.indexOf(other.state) || a.localeCompare(b),
      ),
    [outcomes],
  );
  return (
    <Paper
      component="section"
      aria-label={title}
      square
      sx={{
        border: 0,
        borderTop: 1,
        borderColor: 'divider',
        flexShrink: 0,
        maxHeight: 240,
        display: 'flex',
        flexDirection: 'column',
      }}
    >
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          gap: 1.5,
          pl: 2,
          pr: 1,
          minHeight: 40,
          flexWrap: 'wrap',
        }}
      >
        <Typography variant="h3" component="h2">
          {title}
        </Typography>
        <Typography role="status" sx={{ fontSize: 12.5, color: 'text.secondary', flex: 1 }}>
          {summary(tally, outcomes.size)}
        </Typography>
        {running ? (
          <Button color="inherit" onClick={cancel}>
            Cancel the rest
          </Button>
        ) : (
          <IconButton aria-label={`Close: ${title}`} onClick={dismissBatch}>
            <Icon path={mdiClose} sx={{ fontSize: 18 }} />
          </IconButton>
        )}
      </Box>
      <LinearProgress
        variant="determinate"
        value={(100 * ended) / Math.max(1, outcomes.size)}
        aria-label={`${title}: ${ended} of ${outcomes.size}`}
        sx={{ height: 3, ...(brief ? { display: 'none' } : {}) }}
      />
      <Box
        component="ul"
        hidden={brief}
        // A scrolled region must be reachable by keys.
        tabIndex={0}
        aria-label="Phones"
        sx={{ m: 0, px: 2, py: 0.75, listStyle: 'none', overflowY: 'auto' }}
      >
        {rows.map(([serial, outcome]) => (
          <Box
            component="li"
            key={serial}
            sx={{ display: 'flex', alignItems: 'center', gap: 1.5, minHeight: 28, fontSize: 12.5 }}
          >
            <Box
              sx={{
                width: 132,
                flexShrink: 0,
                fontWeight: 550,
                overflow: 'hidden',
                textOverflow: 'ellipsis',
                whiteSpace: 'nowrap',
              }}
              title={serial}
            >
              {serial}
            </Box>
            <Box sx={{ width: 96, flexShrink: 0 }}>
              <StateChip tone={words[outcome.state].tone} label={words[outcome.state].word} />
            </Box>
            {outcome.state === 'failed' && (
              <Box sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>
                <code>{outcome.error.code}</code>: {outcome.error.message}
              </Box>
            )}
          </Box>
        ))}
      </Box>
    </Paper>
  );
}

const summary = (tally: ReturnType<typeof tallyOf>, all: number): string =>
  [
    `${tally.done} of ${count(all, 'phone')} done`,
    ...(tally.failed > 0 ? [`${tally.failed} failed`] : []),
    ...(tally.busy + tally.waiting > 0 ? [`${tally.busy + tally.waiting} to go`] : []),
    ...(tally.cancelled > 0 ? [`${tally.cancelled} cancelled`] : []),
  ].join(', ');
