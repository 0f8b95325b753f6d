// One's own program as it runs and how it ended: what it used, what it wrote, its report in words.

import { mdiDownload } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import type { SandboxTryOutput, SandboxTryView } from '#schemas';
import { call } from '../../api/bridge.ts';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { bytes, duration } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { useNow } from '../../parts/use-now.ts';
import { showDone, showError } from '../../shell/messages-store.ts';
import { ExitPanel } from '../tasks/ExitPanel.tsx';
import { isTrying } from './sandbox-store.ts';
import { hexLines, tryAbout, tryEnd, tryState } from './try-model.ts';

export function TryResult({
  tried,
  connected,
}: {
  readonly tried: SandboxTryView;
  readonly connected: boolean;
}) {
  const { name, report, problem, output } = tried;
  const { tone, word } = tryState(tried);
  const running = isTrying(tried);
  return (
    <>
      <Panel title={name ?? 'Your program'} aside={!report && <StateChip tone={tone} label={word} />}>
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>{tryAbout(tried)}</Typography>
        {running && <Usage tried={tried} />}
        {problem && (
          <Alert severity="error" sx={{ mt: 1.5, overflowWrap: 'anywhere' }}>
            {problem.message}
          </Alert>
        )}
        {tried.state === 'cancelled' && !report && (
          <Typography sx={{ fontSize: 13, mt: 1 }}>It was cancelled before it ran.</Typography>
        )}
      </Panel>
      {report && <ExitPanel report={report} ended sentence={tryEnd(report, tried)} />}
      {output && (report || output.bytes > 0) && (
        <Output output={output} name={name ?? 'program'} saved={connected && !running} />
      )}
    </>
  );
}

function Usage({ tried: { state, startedAt, progress } }: { readonly tried: SandboxTryView }) {
  const now = useNow(true);
  const passed = startedAt === undefined ? '' : `${duration(Math.max(0, now - startedAt))} passed`;
  const used = progress
    ? [
        `${duration(progress.cpuMs)} of processor`,
        `${bytes(progress.memoryBytes)} of memory`,
        `${bytes(progress.bytesIn)} in, ${bytes(progress.bytesOut)} out`,
      ]
    : [];
  return (
    <Box sx={{ mt: 1.5 }}>
      <LinearProgress
        aria-label={state === 'opening' ? 'Opening the sandbox' : 'Running'}
        sx={{ mb: 0.75 }}
      />
      <Typography sx={{ fontSize: 12, color: 'text.secondary', minHeight: 18 }}>
        {[passed, ...used].filter(Boolean).join(', ')}
      </Typography>
    </Box>
  );
}

function Output({
  output,
  name,
  saved,
}: {
  readonly output: SandboxTryOutput;
  readonly name: string;
  readonly saved: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const text = useMemo(() => (output.form === 'hex' ? hexLines(output.head) : output.head), [output]);
  function save(): void {
    setBusy(true);
    const stem = name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80) || 'program';
    call('exports.save', { path: '/sandbox/try/output', suggestedName: `${stem}.out` })
      .then(({ saved: file }) => {
        if (file) showDone(`${bytes(file.bytes)} saved as ${file.path}`);
      }, showError)
      .finally(() => setBusy(false));
  }
  return (
    <Panel
      title="Output"
      aside={
        <Box sx={{ display: 'flex', gap: 0.5, alignItems: 'center' }}>
          {text !== '' && <CopyButton text={text} what="the output" />}
          <Button
            variant="outlined"
            startIcon={<Icon path={mdiDownload} />}
            disabled={!saved || busy || output.bytes === 0}
            onClick={save}
          >
            Save all
          </Button>
        </Box>
      }
    >
      <Typography sx={{ fontSize: 12.5, color: 'text.secondary', mb: 1 }}>
        {output.bytes === 0
          ? 'It wrote nothing.'
          : `${bytes(output.bytes)}${output.form === 'hex' ? ', not text' : ''}${output.cut ? '; the beginning is shown' : ''}`}
      </Typography>
      {text !== '' && (
        <Box
          component="pre"
          tabIndex={0}
          role="region"
          aria-label="What it wrote"
          sx={{
            ...{ m: 0, p: 1.25, maxHeight: 420, overflow: 'auto', fontSize: 12, lineHeight: 1.5 },
            ...{ whiteSpace: output.form === 'hex' ? 'pre' : 'pre-wrap', overflowWrap: 'anywhere' },
            ...{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.default' },
          }}
        >
          {text}
        </Box>
      )}
    </Panel>
  );
}
