// What came out, shown by its media type: a picture, a JSON value, a text, or a word that there is nothing to show.

import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { OutputView } from '#schemas';
import { bytes } from '../../parts/format.ts';
import { JsonView } from './JsonView.tsx';
import { useOutputContent } from './use-output-content.ts';

const MOST_PICTURE_BYTES = 32_000_000;

export function OutputPreview({ taskId, output }: { readonly taskId: string; readonly output: OutputView }) {
  const { mediaType, value } = output;
  if (output.bytes === 0) return <Nothing>The output is empty.</Nothing>;
  if (value !== undefined) return <JsonView value={value} />;
  if (mediaType.startsWith('image/')) {
    return output.bytes > MOST_PICTURE_BYTES ? (
      <Nothing>A picture of {bytes(output.bytes)} is not shown here: save it to see it.</Nothing>
    ) : (
      <Content taskId={taskId} output={output} as="picture" />
    );
  }
  if (mediaType.startsWith('text/') || mediaType.endsWith('json') || mediaType.endsWith('xml'))
    return <Content taskId={taskId} output={output} as="text" />;
  return <Nothing>There is no preview of {mediaType}: save it to see it.</Nothing>;
}

function Content({
  taskId,
  output,
  as,
}: {
  readonly taskId: string;
  readonly output: OutputView;
  readonly as: 'picture' | 'text';
}) {
  const content = useOutputContent(taskId, output, as);
  switch (content.phase) {
    case 'loading':
      return <Skeleton variant="rounded" height={120} aria-label="Loading the preview" />;
    case 'failed':
      return (
        <Alert severity="warning" variant="outlined">
          The preview could not be loaded: {content.message}.
        </Alert>
      );
    case 'picture':
      return <Picture url={content.url} name={output.name} />;
    case 'text':
      return (
        <>
          <Box
            component="pre"
            tabIndex={0}
            role="group"
            aria-label={`Text of ${output.name}`}
            sx={{
              m: 0,
              p: 1.5,
              maxHeight: 300,
              overflow: 'auto',
              bgcolor: 'background.default',
              borderRadius: 1,
              fontSize: 12,
              whiteSpace: 'pre-wrap',
              overflowWrap: 'anywhere',
            }}
          >
            {content.text}
          </Box>
          {content.cut && <Nothing>Only the beginning is shown.</Nothing>}
        </>
      );
  }
}

function Picture({ url, name }: { readonly url: string; readonly name: string }) {
  const [size, setSize] = useState<string>();
  const [broken, setBroken] = useState(false);
  if (broken) return <Nothing>This is no picture that can be shown: save it to look at its bytes.</Nothing>;
  return (
    <Box component="figure" sx={{ m: 0 }}>
      <Box
        component="img"
        src={url}
        alt={`Result ${name}`}
        onLoad={({ currentTarget }) =>
          setSize(`${currentTarget.naturalWidth} × ${currentTarget.naturalHeight} px`)
        }
        onError={() => setBroken(true)}
        sx={{
          display: 'block',
          maxWidth: '100%',
          maxHeight: 360,
          borderRadius: 1,
          border: 1,
          borderColor: 'divider',
          // What is transparent shows as a chessboard.
          background:
            'repeating-conic-gradient(rgba(128,128,128,.25) 0% 25%, rgba(128,128,128,.08) 0% 50%) 0 0 / 16px 16px',
        }}
      />
      <Typography
        component="figcaption"
        sx={{ fontSize: 12, color: 'text.secondary', mt: 0.5, minHeight: 18 }}
      >
        {size}
      </Typography>
    </Box>
  );
}

function Nothing({ children }: { readonly children: React.ReactNode }) {
  return <Typography sx={{ fontSize: 12.5, color: 'text.secondary' }}>{children}</Typography>;
}
