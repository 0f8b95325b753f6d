// The results of a task, with their previews.

import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import type { TaskView } from '#schemas';
import { bytes, count } from '../../parts/format.ts';
import { Facts, Panel } from '../../parts/Panel.tsx';
import { JsonView } from './JsonView.tsx';
import { OutputCard } from './OutputCard.tsx';
import { isFinal } from './task-words.ts';

export const OutputsPanel = memo(function OutputsPanel({
  task,
  gone,
}: {
  readonly task: TaskView;
  /** Its phone of that run is not there any more, only what the history kept. */
  readonly gone: boolean;
}) {
  const { outputs, taskId } = task;
  return (
    <Panel
      title="Results"
      aside={
        outputs.length > 0 ? (
          <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
            {count(outputs.length, 'output')}
          </Typography>
        ) : undefined
      }
    >
      {outputs.length === 0 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {isFinal(task) ? 'It gave no result.' : 'They come when the service has ended.'}
        </Typography>
      ) : (
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2.5 }}>
          {outputs.map((output) =>
            gone ? (
              <Box key={output.name}>
                <Typography variant="h3" sx={{ mb: 1 }}>
                  {output.name}
                </Typography>
                {output.value !== undefined && <JsonView value={output.value} />}
                <Facts
                  rows={[
                    ['Type', output.mediaType],
                    ['Size', bytes(output.bytes)],
                    ['SHA-256', output.sha256],
                    ['Bytes', 'gone with the phone of that run'],
                  ]}
                />
              </Box>
            ) : (
              <OutputCard key={output.name} taskId={taskId} output={output} />
            ),
          )}
        </Box>
      )}
    </Panel>
  );
});
