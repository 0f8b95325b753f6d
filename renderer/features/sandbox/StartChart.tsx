// The starts of one runtime beside its peers: medians as bars, with how sure they are.

import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import {
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  ErrorBar,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { figureText } from './sandbox-words.ts';
import type { StartChart as Model, StartBar } from './start-chart-model.ts';

const ROW_PIXELS = 30;
const AXIS_PIXELS = 34;

export const StartChart = memo(function StartChart({ chart }: { readonly chart: Model }) {
  const { palette } = useTheme();
  const tick = { fontSize: 11.5, fill: palette.text.secondary };
  const colours: Record<StartBar['kind'], string | undefined> = {
    cold: palette.series[0],
    warm: palette.series[1],
    peer: palette.tones.off.dot,
  };
  return (
    <Box component="figure" sx={{ m: 0, minWidth: 0 }}>
      <Typography component="figcaption" variant="h3" sx={{ mb: 0.5 }}>
        {chart.title}
      </Typography>
      <Box role="img" aria-label={chart.label} sx={{ height: chart.bars.length * ROW_PIXELS + AXIS_PIXELS }}>
        <ResponsiveContainer width="100%" height="100%">
          <BarChart
            layout="vertical"
            data={[...chart.bars]}
            margin={{ top: 2, right: 28, bottom: 0, left: 0 }}
            accessibilityLayer={false}
          >
            <CartesianGrid stroke={palette.divider} horizontal={false} />
            <XAxis
              type="number"
              unit=" ms"
              tick={tick}
              stroke={palette.divider}
              tickCount={5}
              domain={[0, 'auto']}
            />
            <YAxis
              type="category"
              dataKey="name"
              width={210}
              tickFormatter={(name: string) => withFigure(chart.bars, name)}
              interval={0}
              tick={tick}
              stroke={palette.divider}
            />
            <Tooltip
              cursor={{ fill: palette.action.hover }}
              isAnimationActive={false}
              formatter={(_value, _name, { payload }) => [barText(payload as StartBar), 'median']}
              contentStyle={{
                background: palette.background.paper,
                border: `1px solid ${palette.divider}`,
                borderRadius: 6,
                fontSize: 12,
              }}
              itemStyle={{ color: palette.text.primary }}
            />
            <Bar dataKey="medianMs" barSize={16} radius={2} isAnimationActive={false}>
              {chart.bars.map(({ name, kind }) => (
                <Cell key={name} fill={colours[kind] ?? palette.primary.main} />
              ))}
              <ErrorBar
                dataKey="interval"
                width={6}
                strokeWidth={1.25}
                stroke={palette.text.primary}
                direction="x"
              />
            </Bar>
          </BarChart>
        </ResponsiveContainer>
      </Box>
    </Box>
  );
});

const withFigure = (bars: readonly StartBar[], name: string): string => {
  const bar = bars.find((it) => it.name === name);
  return bar ? `${name}: ${figureText(bar.medianMs, 'ms')}` : name;
};

const barText = ({ medianMs, interval: [below, above], p95Ms, n }: StartBar): string =>
  `${figureText(medianMs, 'ms')} (95 % sure: ${figureText(medianMs - below, 'ms')} to ${figureText(medianMs + above, 'ms')}; 95th percentile ${figureText(p95Ms, 'ms')}; ${n} starts)`;
