// Processor and memory of the sandbox while it runs, against what it may have.

import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { memo, useMemo } from 'react';
import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { ManifestView, TaskView } from '#schemas';
import { bytes, duration, fineDuration, percent } from '../../parts/format.ts';
import { Panel } from '../../parts/Panel.tsx';
import { type Sample, type UsagePoint, usageOf, useProgress } from './progress-store.ts';

const none: readonly Sample[] = [];
const MB = 1024 * 1024;

export const UsagePanel = memo(function UsagePanel({
  task,
  manifest,
  recorded,
}: {
  readonly task: TaskView;
  readonly manifest: ManifestView | undefined;
  /** Of the history, for a task of an earlier run. */
  readonly recorded: readonly Sample[] | undefined;
}) {
  const live = useProgress(({ samples }) => samples.get(task.taskId));
  const samples = live ?? recorded ?? none;
  const usage = useMemo(() => usageOf(task, samples), [task, samples]);
  const { report, progress } = task;
  const limitMB = manifest ? (manifest.resourceRequirements.maxMemoryMB ?? 64) : undefined;
  const limit = limitMB === undefined ? undefined : limitMB * MB;
  const memory = report?.peakMemoryBytes ?? progress?.memoryBytes;
  const cpuMs = report?.cpuMs ?? progress?.cpuMs;
  return (
    <Panel title="Processor and memory">
      {usage.length < 2 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {task.timeline.some(({ state }) => state === 'running')
            ? 'The first figures come half a second after the start.'
            : 'The sandbox has not run.'}
        </Typography>
      ) : (
        <Box sx={{ display: 'grid', gridTemplateColumns: 'repeat(auto-fit, minmax(220px, 1fr))', gap: 2 }}>
          <Chart
            name="Memory"
            figure={`${bytes(memory ?? 0)}${report ? ' at most' : ''}${limitMB ? `, may have ${limitMB} MiB` : ''}`}
            points={usage}
            field="memoryBytes"
            format={bytes}
            top={limit}
            peak={report?.peakMemoryBytes}
            colour={1}
          />
          <Chart
            name="Processor"
            figure={`${duration(cpuMs ?? 0)} of a core${
              manifest ? `, may run ${duration(manifest.executionTimeoutSeconds * 1_000)}` : ''
            }`}
            points={usage}
            field="cpuPercent"
            format={percent}
            top={100}
            peak={undefined}
            colour={0}
          />
        </Box>
      )}
    </Panel>
  );
});

function Chart({
  name,
  figure,
  points,
  field,
  format,
  top,
  peak,
  colour,
}: {
  readonly name: string;
  readonly figure: string;
  readonly points: readonly UsagePoint[];
  readonly field: 'memoryBytes' | 'cpuPercent';
  readonly format: (value: number) => string;
  readonly top: number | undefined;
  readonly peak: number | undefined;
  readonly colour: number;
}) {
  const { palette } = useTheme();
  const most = points.reduce((high, point) => Math.max(high, point[field]), Math.max(top ?? 0, peak ?? 0, 1));
  const stroke = palette.series[colour] ?? palette.primary.main;
  return (
    <Box component="figure" sx={{ m: 0, minWidth: 0 }}>
      <Typography component="figcaption" sx={{ fontSize: 12.5, mb: 0.5 }}>
        <strong>{name}</strong> {figure}
      </Typography>
      <Box sx={{ height: 120 }} role="img" aria-label={`${name} over time: ${figure}`}>
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart
            data={[...points]}
            margin={{ top: 6, right: 8, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke={palette.divider} vertical={false} />
            <XAxis
              dataKey="atMs"
              type="number"
              domain={[0, 'dataMax']}
              tickFormatter={fineDuration}
              tick={{ fontSize: 11, fill: palette.text.secondary }}
              stroke={palette.divider}
              minTickGap={40}
            />
            <YAxis
              width={66}
              domain={[0, most * 1.08]}
              ticks={[0, most / 2, most]}
              tickFormatter={format}
              tick={{ fontSize: 11, fill: palette.text.secondary }}
              stroke={palette.divider}
            />
            <Tooltip
              labelFormatter={(at) => `after ${duration(Number(at))}`}
              formatter={(value) => [format(Number(value)), name]}
              contentStyle={{
                background: palette.background.paper,
                border: `1px solid ${palette.divider}`,
                borderRadius: 6,
                fontSize: 12,
              }}
              isAnimationActive={false}
            />
            {top !== undefined && (
              <ReferenceLine
                y={top}
                stroke={palette.tones.bad.dot}
                strokeDasharray="4 3"
                ifOverflow="extendDomain"
              />
            )}
            {peak !== undefined && (
              <ReferenceLine y={peak} stroke={stroke} strokeDasharray="2 3" ifOverflow="extendDomain" />
            )}
            <Area
              type="linear"
              dataKey={field}
              stroke={stroke}
              fill={stroke}
              fillOpacity={0.18}
              strokeWidth={1.5}
              dot={points.length < 4 ? { r: 2.5, fill: stroke } : false}
              isAnimationActive={false}
            />
          </AreaChart>
        </ResponsiveContainer>
      </Box>
    </Box>
  );
}
