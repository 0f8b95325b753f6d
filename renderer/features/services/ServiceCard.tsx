// One service: what it is, who made it, where it runs, how its tasks went. A file dropped on it opens its form.

import { mdiCellphoneLink, mdiCheckDecagramOutline, mdiPlay, mdiShieldAlertOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { memo, useState } from 'react';
import type { PhoneVerdict, ServiceView } from '#schemas';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { bytes, duration, percent } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { isPackageName } from './install-words.ts';
import { shortOnion } from './service-list.ts';
import type { ServiceStats } from './service-stats.ts';
import { verdictSummary } from './verdict-words.ts';

export interface ServiceCardProps {
  readonly service: ServiceView;
  readonly stats: ServiceStats | undefined;
  /** What phones without it say. */
  readonly others: readonly PhoneVerdict[] | undefined;
  readonly running: number;
  /** A task can be requested. */
  readonly ready: boolean;
  readonly onRun: (service: ServiceView, files: readonly File[]) => void;
  readonly onPhones: (service: ServiceView) => void;
}

export const ServiceCard = memo(function ServiceCard({
  service,
  stats,
  others,
  running,
  ready,
  onRun,
  onPhones,
}: ServiceCardProps) {
  const { serviceName, packageId, version, description, author, signed, trusted, about, packedBytes } =
    service;
  const [over, setOver] = useState(false);
  const verdict = verdictSummary(service, others, running);
  return (
    <Paper
      component="article"
      aria-label={`${serviceName} ${version}`}
      data-service={packageId}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        const files = [...event.dataTransfer.files].filter(({ name }) => !isPackageName(name));
        if (files.length === 0) return; // a package: the page installs it
        event.preventDefault();
        event.stopPropagation();
        onRun(service, files);
      }}
      sx={({ palette }) => ({
        p: 2,
        display: 'flex',
        flexDirection: 'column',
        gap: 1.25,
        minWidth: 0,
        outline: over ? `2px solid ${palette.primary.main}` : 'none',
        outlineOffset: '-1px',
      })}
    >
      <Box sx={{ minWidth: 0 }}>
        <Typography variant="h2" noWrap title={serviceName}>
          {serviceName}
        </Typography>
        <Typography noWrap title={`${packageId} ${version}`} sx={{ fontSize: 12, color: 'text.secondary' }}>
          {packageId} {version}
        </Typography>
      </Box>
      <Typography
        title={description}
        sx={{
          fontSize: 12.5,
          minHeight: 38,
          display: '-webkit-box',
          WebkitLineClamp: 2,
          WebkitBoxOrient: 'vertical',
          overflow: 'hidden',
        }}
      >
        {description}
      </Typography>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
        <StateChip
          tone={signed ? 'ok' : 'warn'}
          label={signed ? 'Signed' : 'Not signed'}
          title={signed ? 'The author’s signature covers every file' : 'Runs on developer phones only'}
        />
        <StateChip
          tone={trusted ? 'ok' : 'warn'}
          label={trusted ? 'Author trusted' : 'Author not trusted'}
          title={
            trusted
              ? 'Phones of this lab fetch and run what this author signed'
              : 'Phones of this lab refuse it; installing its package here trusts the author'
          }
        />
      </Box>
      <Box sx={{ fontSize: 12, color: 'text.secondary', display: 'flex', alignItems: 'center', gap: 0.5 }}>
        <Icon path={signed ? mdiCheckDecagramOutline : mdiShieldAlertOutline} sx={{ fontSize: 15 }} />
        <span title={author}>{shortOnion(author)}</span>
        <CopyButton text={author} what="the author’s address" />
      </Box>
      <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
        {[
          bytes(packedBytes),
          about ? about.runtimes.join(', ') : undefined,
          about ? `up to ${about.maxMemoryMB} MiB of memory` : undefined,
          about && about.deviceProfile !== 'budget' ? `${about.deviceProfile} or better` : undefined,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Typography>
      <Figures stats={stats} />
      <Box sx={{ flex: 1 }} />
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, flexWrap: 'wrap' }}>
        <Button
          variant="contained"
          startIcon={<Icon path={mdiPlay} />}
          onClick={() => onRun(service, [])}
          disabled={!ready}
          aria-label={`Run ${serviceName}`}
        >
          Run
        </Button>
        <Button
          onClick={() => onPhones(service)}
          startIcon={<Icon path={mdiCellphoneLink} />}
          aria-label={`Phones of ${serviceName}: ${verdict.text}`}
          sx={({ palette }) => ({
            color: verdict.tone === 'ok' ? 'text.primary' : palette.tones[verdict.tone].text,
          })}
        >
          {verdict.text}
        </Button>
      </Box>
    </Paper>
  );
});

function Figures({ stats }: { readonly stats: ServiceStats | undefined }) {
  const figures: readonly (readonly [string, string])[] = [
    ['Runs', stats ? stats.runs.toLocaleString() : '0'],
    ['Success', stats?.successRate === undefined ? '–' : percent(stats.successRate * 100)],
    ['Median time', stats?.p50DurationMs === undefined ? '–' : duration(stats.p50DurationMs)],
    ['Memory', stats?.p50MemoryBytes === undefined ? '–' : bytes(stats.p50MemoryBytes)],
  ];
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gridTemplateColumns: 'repeat(4, 1fr)',
        borderTop: 1,
        borderColor: 'divider',
        pt: 1,
      }}
    >
      {figures.map(([name, value]) => (
        <Box key={name} sx={{ minWidth: 0 }}>
          <Typography component="dt" noWrap sx={{ fontSize: 11, color: 'text.secondary' }}>
            {name}
          </Typography>
          <Typography component="dd" noWrap sx={{ m: 0, fontSize: 13, fontWeight: 600 }}>
            {value}
          </Typography>
        </Box>
      ))}
    </Box>
  );
}
