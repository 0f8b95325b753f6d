// Every figure of a measurement as text: starts, the others, and what the sandbox costs.

import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { memo, type ReactNode } from 'react';
import type { SandboxResult } from '#schemas';
import { StateChip } from '../../parts/StateChip.tsx';
import { PlainTable } from './PlainTable.tsx';
import { figureName, figureText, placeName, runtimeName } from './sandbox-words.ts';
import { timesPlain } from './start-chart-model.ts';

export const FigureTables = memo(function FigureTables({ result }: { readonly result: SandboxResult }) {
  const { rows, figures, overhead } = result;
  return (
    <>
      {rows.length > 0 && (
        <Section title="Starts">
          <PlainTable
            label="Starts"
            numbersFrom={3}
            head={[
              'Place',
              'What',
              'Phase',
              'Median',
              '95 % sure',
              '95th percentile',
              '× fork+exec',
              'Starts',
            ]}
            rows={rows.map((row) => {
              const times = timesPlain(rows, row);
              return {
                key: [row.place, row.runtime, row.phase, row.peer].join('|'),
                cells: [
                  placeName(row.place),
                  row.peer ?? runtimeName(row.runtime),
                  row.phase,
                  figureText(row.medianMs, 'ms'),
                  `${figureText(row.lowMs, 'ms')} to ${figureText(row.highMs, 'ms')}`,
                  figureText(row.p95Ms, 'ms'),
                  times === undefined ? '' : times.toFixed(1),
                  row.n,
                ],
              };
            })}
          />
        </Section>
      )}
      {overhead.length > 0 && (
        <Section title="What the sandbox costs">
          <PlainTable
            label="What the sandbox costs"
            numbersFrom={3}
            head={['Place', 'Doing', 'By', 'Times as long', '95 % sure', 'Difference']}
            rows={overhead.map(({ place, what, of, ratio, low, high, withinNoise }) => ({
              key: [place, what, of].join('|'),
              cells: [
                placeName(place),
                what === 'echo' ? 'Echo of 64 MB' : 'Computing',
                of === 'filter' ? 'the filter alone' : 'the whole sandbox',
                ratio.toFixed(3),
                `${low.toFixed(3)} to ${high.toFixed(3)}`,
                withinNoise ? (
                  <StateChip key="noise" tone="ok" label="Within noise" />
                ) : (
                  <StateChip
                    key="noise"
                    tone={ratio < 1 ? 'ok' : 'warn'}
                    label={ratio < 1 ? 'Quicker' : 'Slower'}
                  />
                ),
              ],
            }))}
          />
        </Section>
      )}
      {figures.length > 0 && (
        <Section title="Everything else">
          <PlainTable
            label="Other figures"
            numbersFrom={3}
            head={['Place', 'Figure', 'Of', 'Median', '95 % sure', 'Values']}
            rows={figures.map((it) => ({
              key: [it.place, it.what, it.runtime, it.phase, it.peer].join('|'),
              cells: [
                placeName(it.place),
                figureName(it.what),
                [runtimeName(it.runtime), it.peer ?? it.phase].filter(Boolean).join(', '),
                figureText(it.median, it.unit),
                it.n > 1 ? `${figureText(it.low, it.unit)} to ${figureText(it.high, it.unit)}` : '',
                it.n,
              ],
            }))}
          />
        </Section>
      )}
    </>
  );
});

function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Box>
      <Typography variant="h3" sx={{ mb: 0.5 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}
