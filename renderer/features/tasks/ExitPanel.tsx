// How the sandbox ended, in a sentence, with what it measured and enforced.

import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import type { ExitReportView } from '#schemas';
import { bytes, duration } from '../../parts/format.ts';
import { Facts, Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { callMeaning } from './call-meanings.ts';
import { exitSentence, exitTone } from './task-words.ts';

export const ExitPanel = memo(function ExitPanel({
  report,
  ended,
  sentence,
}: {
  readonly report: ExitReportView | undefined;
  /** The task is over: nothing comes any more. */
  readonly ended: boolean;
  /** Absent: as of a task's service. */
  readonly sentence?: string;
}) {
  if (!report)
    return (
      <Panel title="Exit report">
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {ended
            ? 'There is none: the task ended before the sandbox did.'
            : 'It comes when the sandbox has ended.'}
        </Typography>
      </Panel>
    );
  const { errnoHits, layers, message, syscall, signal, exitCode } = report;
  const hits = Object.entries(errnoHits ?? {}).sort(([, a], [, b]) => b - a);
  return (
    <Panel title="Exit report" aside={<StateChip tone={exitTone(report)} label={report.reason} />}>
      <Typography variant="body2" sx={{ mb: 1.5 }}>
        {sentence ?? exitSentence(report)}
      </Typography>
      {message && (
        <Typography variant="body2" sx={{ mb: 1.5, overflowWrap: 'anywhere' }}>
          {message}
        </Typography>
      )}
      <Facts
        rows={[
          ['Ran for', `${duration(report.wallMs)}, ${duration(report.cpuMs)} of processor`],
          ['Memory', `${bytes(report.peakMemoryBytes)} at most`],
          ['Through its pipes', `${bytes(report.bytesIn)} in, ${bytes(report.bytesOut)} out`],
          ...(exitCode === undefined ? [] : ([['Exit code', String(exitCode)]] as const)),
          ...(signal === undefined ? [] : ([['Signal', signal]] as const)),
          ...(syscall === undefined
            ? []
            : ([['Denied call', <DeniedCall key="call" name={syscall} />]] as const)),
          [
            'Calls that got an error',
            hits.length === 0
              ? 'none'
              : hits.map(([name, times]) => (times === 1 ? name : `${name} ×${times}`)).join(', '),
          ],
        ]}
      />
      <Box
        sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5, mt: 1.5 }}
        role="list"
        aria-label="Layers of the sandbox"
      >
        {layers.map((layer) => (
          <Chip key={layer} role="listitem" size="small" variant="outlined" label={layer} />
        ))}
      </Box>
    </Panel>
  );
});

function DeniedCall({ name }: { readonly name: string }) {
  const meaning = callMeaning(name);
  return (
    <>
      <code>{name}</code>
      {meaning && `, which ${meaning}`}
    </>
  );
}
