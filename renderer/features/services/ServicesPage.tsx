// The library of all phones. Packages are installed by dropping them anywhere; a file dropped on a card opens its form.

import { mdiMagnify, mdiPackageVariantClosed, mdiPackageVariantPlus } from '@mdi/js';
import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import InputAdornment from '@mui/material/InputAdornment';
import LinearProgress from '@mui/material/LinearProgress';
import MenuItem from '@mui/material/MenuItem';
import Skeleton from '@mui/material/Skeleton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useMatch, useNavigate, useSearchParams } from 'react-router';
import { AbhayaError } from '#base';
import type { ServiceView } from '#schemas';
import { useLab } from '../../lab/lab-store.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { count } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { showError } from '../../shell/messages-store.ts';
import { offerActions } from '../../shell/palette-store.ts';
import { DropArea } from './DropArea.tsx';
import { installAdvice, isPackageName } from './install-words.ts';
import { PhonesDialog } from './PhonesDialog.tsx';
import { RunPanel } from './run/RunPanel.tsx';
import { dropOnForm, useRuns } from './run/run-store.ts';
import { ServiceCard } from './ServiceCard.tsx';
import { type ServiceFilter, serviceFilters, shownServices } from './service-list.ts';
import { statsKey } from './service-stats.ts';
import { useInstall } from './use-install.ts';
import { useOtherVerdicts } from './use-other-verdicts.ts';
import { useServiceStats } from './use-service-stats.ts';

const LIST = '/services';

export function ServicesPage() {
  const services = useLab((data) => data.services);
  const loaded = useLab((data) => data.loaded);
  const running = useLab(
    (data) => [...data.phones.values()].filter(({ state }) => state === 'running').length,
  );
  const connected = useLab(({ lab }) => lab.phase === 'connected');
  const stats = useServiceStats();
  const others = useOtherVerdicts(services);
  const navigate = useNavigate();
  const [search, setSearch] = useState('');
  const [filter, setFilter] = useState<ServiceFilter>('all');
  const [phonesOf, setPhonesOf] = useState<string>();
  const install = useInstall();
  const chooser = useRef<HTMLInputElement>(null);
  const shown = useMemo(
    () => shownServices(services, search, filter, others),
    [services, search, filter, others],
  );
  const chosen = services.find(({ manifestSha256 }) => manifestSha256 === phonesOf);

  const openForm = useCallback(
    (service: ServiceView, files: readonly File[]) => {
      if (files.length > 0) dropOnForm(service.manifestSha256, files);
      void navigate(`${LIST}/${encodeURIComponent(service.packageId)}/run?of=${service.manifestSha256}`);
    },
    [navigate],
  );
  const showPhones = useCallback((service: ServiceView) => setPhonesOf(service.manifestSha256), []);
  const { install: installFiles } = install;
  useEffect(
    () =>
      offerActions('services', [
        {
          id: 'install-package',
          label: 'Install a package…',
          group: 'Services',
          run: () => chooser.current?.click(),
        },
        ...services.map((service) => ({
          id: `run ${service.manifestSha256}`,
          label: `Run ${service.serviceName} ${service.version}…`,
          group: 'Services',
          run: () => openForm(service, []),
        })),
      ]),
    [services, openForm],
  );

  function onFiles(files: readonly File[]): void {
    const packages = files.filter(({ name }) => isPackageName(name));
    if (packages.length > 0) void installFiles(packages);
    else if (files.length > 0)
      showError(
        new AbhayaError(
          'input.invalid',
          'drop a file on the card of the service that shall take it; packages end in .meshsvc',
        ),
      );
  }

  return (
    <DropArea onFiles={onFiles}>
      <Box sx={{ display: 'flex', gap: 1.5, px: 2.5, py: 1.5, alignItems: 'center', flexWrap: 'wrap' }}>
        <TextField
          placeholder="Search"
          type="search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
          sx={{ width: 240 }}
          slotProps={{
            htmlInput: { 'aria-label': 'Search the services' },
            input: {
              startAdornment: (
                <InputAdornment position="start">
                  <Icon path={mdiMagnify} sx={{ fontSize: 18 }} />
                </InputAdornment>
              ),
            },
          }}
        />
        <TextField
          select
          label="Show"
          value={filter}
          onChange={({ target }) => setFilter(target.value as ServiceFilter)}
          sx={{ width: 170 }}
        >
          {serviceFilters.map(({ id, label }) => (
            <MenuItem key={id} value={id}>
              {label}
            </MenuItem>
          ))}
        </TextField>
        <Typography role="status" sx={{ fontSize: 13, color: 'text.secondary' }}>
          {count(shown.length, 'service')}
        </Typography>
        <Box sx={{ flex: 1 }} />
        <input
          ref={chooser}
          type="file"
          accept=".meshsvc"
          multiple
          hidden
          data-input="package"
          onChange={({ target }) => {
            onFiles([...(target.files ?? [])]);
            target.value = '';
          }}
        />
        <Button
          variant="outlined"
          startIcon={<Icon path={mdiPackageVariantPlus} />}
          loading={install.busy !== undefined}
          loadingPosition="start"
          onClick={() => chooser.current?.click()}
        >
          Install a package
        </Button>
      </Box>
      <Box sx={{ px: 2.5, pb: 2.5, display: 'flex', flexDirection: 'column', gap: 1.5 }}>
        {install.busy !== undefined && (
          <Box>
            <Typography sx={{ fontSize: 12.5 }}>Installing {install.busy} on the running phones</Typography>
            <LinearProgress aria-label={`Installing ${install.busy}`} />
          </Box>
        )}
        {install.failures.map(({ id, name, error }) => (
          <Alert key={id} severity="error" variant="outlined" onClose={() => install.dismiss(id)}>
            <AlertTitle sx={{ fontSize: 13, fontWeight: 650, mb: 0.25 }}>
              {name} was not installed: {error.message}
            </AlertTitle>
            {installAdvice(error.code)}
            <Typography component="div" sx={{ fontSize: 11, color: 'text.secondary' }}>
              {error.code}
            </Typography>
          </Alert>
        ))}
        {!loaded ? (
          <Cards>
            {['a', 'b', 'c'].map((key) => (
              <Skeleton key={key} variant="rounded" height={300} />
            ))}
          </Cards>
        ) : services.length === 0 ? (
          <EmptyState icon={mdiPackageVariantClosed} title="No services yet">
            {running === 0
              ? 'The library is that of the phones: start some on the fleet page. The first virtual phone brings the samples.'
              : 'Drop a .meshsvc package here to install it on all running phones.'}
          </EmptyState>
        ) : shown.length === 0 ? (
          <EmptyState
            icon={mdiMagnify}
            title="No service fits"
            action={
              <Button
                onClick={() => {
                  setSearch('');
                  setFilter('all');
                }}
              >
                Show all
              </Button>
            }
          />
        ) : (
          <Cards>
            {shown.map((service) => (
              <ServiceCard
                key={service.manifestSha256}
                service={service}
                stats={stats.get(statsKey(service))}
                others={others.get(service.manifestSha256)}
                running={running}
                ready={running > 0 && connected}
                onRun={openForm}
                onPhones={showPhones}
              />
            ))}
          </Cards>
        )}
      </Box>
      {chosen && (
        <PhonesDialog
          service={chosen}
          others={others.get(chosen.manifestSha256)}
          onClose={() => setPhonesOf(undefined)}
        />
      )}
      <RunRoute services={services} loaded={loaded} />
    </DropArea>
  );
}

function Cards({ children }: { readonly children: React.ReactNode }) {
  return (
    <Box
      sx={{
        display: 'grid',
        gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 320px), 1fr))',
        gap: 2,
      }}
    >
      {children}
    </Box>
  );
}

/** `/services/<packageId>/run?of=<manifest>&again=<task>`: the form over the library. */
function RunRoute({
  services,
  loaded,
}: {
  readonly services: readonly ServiceView[];
  readonly loaded: boolean;
}) {
  const match = useMatch(`${LIST}/:packageId/run`);
  const [query] = useSearchParams();
  const navigate = useNavigate();
  const again = query.get('again') ?? undefined;
  const packageId = match?.params.packageId;
  const wanted = query.get('of') ?? (again && useRuns.getState().byTask.get(again)?.manifestSha256);
  const ofPackage = services.filter((service) => service.packageId === packageId);
  const service = ofPackage.find(({ manifestSha256 }) => manifestSha256 === wanted) ?? ofPackage[0];
  const missing = packageId !== undefined && loaded && !service;
  useEffect(() => {
    if (!missing) return;
    showError(new AbhayaError('not-found', `no running phone has ${packageId}: install its package first`));
    void navigate(LIST, { replace: true });
  }, [missing, packageId, navigate]);
  if (!service) return null;
  return (
    <RunPanel
      key={`${service.manifestSha256} ${again ?? ''}`}
      service={service}
      again={again}
      onClose={() => void navigate(LIST)}
    />
  );
}
