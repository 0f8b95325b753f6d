// One phone big: its curves.

import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { memo, useMemo } from 'react';
import type { PowerView } from '#schemas';
import { bytes, percent, thermalWord } from '../../parts/format.ts';
import { Panel } from '../../parts/Panel.tsx';
import { type Measure, MeasureChart } from './MeasureChart.tsx';
import { hours, limitsText } from './power-words.ts';
import { chargingSpans, hoursLeft, type Point } from './series-model.ts';
import { useSeries } from './use-series.ts';

const BUCKETS = 300;
const none: readonly Point[] = [];

const cpu: Measure = {
  ...{ field: 'cpu', name: 'Processor', format: percent, domain: [0, 100], ticks: [0, 50, 100], colour: 2 },
};
const celsius: Measure = {
  ...{
    field: 'celsius',
    name: 'Temperature of the battery',
    format: (value) => `${value.toFixed(1)} °C`,
    colour: 3,
  },
};

export const PhoneDetail = memo(function PhoneDetail({
  serial,
  rangeMs,
  power,
}: {
  readonly serial: string;
  readonly rangeMs: number;
  readonly power: PowerView | undefined;
}) {
  const { palette } = useTheme();
  const { phase, bySerial, stepMs, toMs, problem } = useSeries(rangeMs, BUCKETS, serial);
  const points = bySerial.get(serial) ?? none;
  const fromMs = toMs - rangeMs;
  const charging = useMemo(() => chargingSpans(points, stepMs), [points, stepMs]);
  const left = useMemo(() => hoursLeft(points), [points]);
  const measures = useMeasures(points, power);
  const chart = { points, stepMs, fromMs, toMs, charging };
  return (
    <Panel
      title={serial}
      aside={
        <Typography
          sx={{ fontSize: 12, color: 'text.secondary', display: 'flex', alignItems: 'center', gap: 0.75 }}
        >
          <Box
            component="span"
            aria-hidden
            sx={{
              width: 14,
              height: 10,
              borderRadius: 0.5,
              bgcolor: palette.tones.ok.fill,
              border: 1,
              borderColor: palette.tones.ok.dot,
            }}
          />
          charging
        </Typography>
      }
    >
      {power && (
        <Typography sx={{ fontSize: 12.5, color: 'text.secondary', mb: 1 }}>
          {limitsText(power.limits)}
          {left === undefined ? '' : ` At this rate the battery lasts ${hours(left)}.`}
        </Typography>
      )}
      {problem && (
        <Typography role="status" sx={{ fontSize: 12.5, mb: 1, color: palette.tones.warn.text }}>
          The history can’t be read: {problem}. What is measured from now on is drawn.
        </Typography>
      )}
      <Box sx={{ height: 4, mb: 0.5 }}>
        {phase === 'loading' && <LinearProgress aria-label={`Reading the measurements of ${serial}`} />}
      </Box>
      {phase === 'off' ? (
        <Typography sx={{ py: 6, textAlign: 'center', color: 'text.secondary' }}>
          The curves are drawn when a lab host is connected.
        </Typography>
      ) : phase === 'there' && points.length === 0 ? (
        <Typography sx={{ py: 6, textAlign: 'center', color: 'text.secondary' }}>
          Nothing was measured in this time. A phone with an agent measures itself every ten seconds.
        </Typography>
      ) : (
        <Box
          sx={{
            display: 'grid',
            gap: 1.5,
            gridTemplateColumns: 'repeat(auto-fit, minmax(min(340px, 100%), 1fr))',
          }}
        >
          {measures.map((measure) => (
            <MeasureChart key={measure.field} measure={measure} {...chart} />
          ))}
        </Box>
      )}
    </Panel>
  );
});

function useMeasures(points: readonly Point[], power: PowerView | undefined): readonly Measure[] {
  const knowsCelsius = points.some((point) => point.celsius !== undefined);
  const total = points.at(-1)?.memoryTotal ?? 0;
  const { battery, heat } = power?.limits ?? {};
  const floor = battery?.pausesBelow;
  const stopsFrom = heat?.stopsFrom;
  return useMemo(
    () => [
      {
        ...{
          field: 'battery',
          name: 'Battery',
          format: percent,
          domain: [0, 100],
          ticks: [0, 50, 100],
          colour: 0,
        },
        limit: floor,
      },
      {
        ...{ field: 'thermal', name: 'Heat', format: thermalWord, domain: [0, 4], ticks: [0, 1, 2, 3, 4] },
        ...{ long: (value) => `${thermalWord(value)} (${value})`, steps: true, colour: 3, limit: stopsFrom },
      },
      ...(knowsCelsius ? [celsius] : []),
      cpu,
      {
        ...{ field: 'memory', name: 'Available memory', format: bytes, colour: 1 },
        ...(total > 0 ? { domain: [0, total], ticks: [0, total / 2, total] } : {}),
        long: (value) => `${bytes(value)} of ${bytes(total)}`,
      },
    ],
    [knowsCelsius, total, floor, stopsFrom],
  );
}
