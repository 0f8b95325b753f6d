// Two runs beside each other: asked for whenever others are chosen, shown when it has come.

import { mdiClose } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { type ReactNode, useEffect, useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';

export interface ComparisonText {
  /** Which two. */
  readonly of: string;
  /** What came of it. */
  readonly sentence: string;
  readonly more: ReactNode;
}

export function Comparison<T>({
  title,
  a,
  b,
  ask,
  textOf,
  onClose,
}: {
  readonly title: string;
  readonly a: string;
  readonly b: string;
  /** The same one each time: it is asked again for other runs, and by another. */
  readonly ask: (a: string, b: string, signal: AbortSignal) => Promise<T>;
  readonly textOf: (answer: T) => ComparisonText;
  readonly onClose: () => void;
}) {
  const [state, setState] = useState<{ answer?: T; problem?: string }>({});
  useEffect(() => {
    const stop = new AbortController();
    setState({});
    ask(a, b, stop.signal).then(
      (answer) => setState({ answer }),
      (error: Error) => {
        if (!stop.signal.aborted) setState({ problem: error.message });
      },
    );
    return () => stop.abort();
  }, [a, b, ask]);
  const { answer, problem } = state;
  const text = answer && textOf(answer);
  return (
    <Panel
      title={title}
      aside={
        <IconButton aria-label="Close the comparison" onClick={onClose}>
          <Icon path={mdiClose} sx={{ fontSize: 18 }} />
        </IconButton>
      }
    >
      {problem && <Alert severity="error">{problem}</Alert>}
      {!text && !problem && <Skeleton variant="rounded" height={120} />}
      {text && (
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 1.5 }}>
          <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>{text.of}</Typography>
          <Typography role="status" sx={{ fontSize: 13.5 }}>
            {text.sentence}
          </Typography>
          {text.more}
        </Box>
      )}
    </Panel>
  );
}
