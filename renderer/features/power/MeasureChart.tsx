// One measure of one phone over time. Charging is shaded; silence breaks the line.

import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { memo, useMemo } from 'react';
import {
  Area,
  AreaChart,
  CartesianGrid,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { dateAndTime } from '../../parts/format.ts';
import { tickText, timeTicks } from './power-words.ts';
import { type Point, type Span, withBreaks } from './series-model.ts';

export interface Measure {
  readonly field: 'battery' | 'thermal' | 'celsius' | 'cpu' | 'memory';
  readonly name: string;
  readonly format: (value: number) => string;
  /** The lower and upper end of the axis; by default what was measured. */
  readonly domain?: readonly [number, number];
  readonly ticks?: readonly number[];
  readonly steps?: boolean;
  readonly colour: number;
  /** A limit of the phone's settings. */
  readonly limit?: number | undefined;
  /** In the tooltip and the label, where it says more than on the axis. */
  readonly long?: (value: number) => string;
}

export const MeasureChart = memo(function MeasureChart({
  measure,
  points,
  stepMs,
  fromMs,
  toMs,
  charging,
}: {
  readonly measure: Measure;
  readonly points: readonly Point[];
  readonly stepMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly charging: readonly Span[];
}) {
  const { palette } = useTheme();
  const { field, name, format, domain, ticks, steps, colour, limit } = measure;
  const say = measure.long ?? format;
  const data = useMemo(() => [...withBreaks(points, stepMs)], [points, stepMs]);
  const stroke = palette.series[colour] ?? palette.primary.main;
  const last = points.at(-1)?.[field];
  const figure = last === undefined ? 'not known' : say(last);
  const tick = { fontSize: 11, fill: palette.text.secondary };
  return (
    <Box component="figure" sx={{ m: 0, minWidth: 0 }}>
      <Typography component="figcaption" sx={{ fontSize: 12.5, mb: 0.25 }}>
        <strong>{name}</strong> {figure}
      </Typography>
      <Box sx={{ height: { xs: 118, xl: 168 } }} role="img" aria-label={`${name} over time, now ${figure}`}>
        <ResponsiveContainer width="100%" height="100%">
          <AreaChart
            data={data}
            syncId="power"
            syncMethod="value"
            margin={{ top: 6, right: 10, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke={palette.divider} vertical={false} />
            {charging.map((span) => (
              <ReferenceArea
                key={span.fromMs}
                x1={Math.max(span.fromMs, fromMs)}
                x2={Math.min(span.toMs, toMs)}
                fill={palette.tones.ok.dot}
                fillOpacity={0.13}
                strokeOpacity={0}
              />
            ))}
            <XAxis
              dataKey="atMs"
              type="number"
              domain={[fromMs, toMs]}
              allowDataOverflow
              ticks={[...timeTicks(fromMs, toMs)]}
              tickFormatter={(at: number) => tickText(at, toMs - fromMs)}
              tick={tick}
              stroke={palette.divider}
              minTickGap={30}
            />
            <YAxis
              width={72}
              domain={domain ? [...domain] : ['auto', 'auto']}
              {...(ticks ? { ticks: [...ticks] } : { tickCount: 3 })}
              interval={0}
              tickFormatter={format}
              tick={tick}
              stroke={palette.divider}
            />
            <Tooltip
              cursor={{ stroke: palette.line }}
              labelFormatter={(at) => dateAndTime(Number(at))}
              formatter={(value) => [say(Number(value)), name]}
              contentStyle={{
                background: palette.background.paper,
                border: `1px solid ${palette.divider}`,
                borderRadius: 6,
                fontSize: 12,
              }}
              isAnimationActive={false}
            />
            {limit !== undefined && (
              <ReferenceLine y={limit} stroke={palette.tones.bad.dot} strokeDasharray="4 3" />
            )}
            <Area
              type={steps ? 'stepAfter' : 'linear'}
              dataKey={field}
              connectNulls={false}
              stroke={stroke}
              fill={stroke}
              fillOpacity={0.14}
              strokeWidth={1.5}
              dot={points.length < 4 ? { r: 2.5, fill: stroke } : false}
              isAnimationActive={false}
            />
          </AreaChart>
        </ResponsiveContainer>
      </Box>
    </Box>
  );
});
