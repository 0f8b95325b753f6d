// Every phone: its state, and what can be done to one or many; one of them in full beside the table.

import { mdiCellphoneOff, mdiPlus } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Paper from '@mui/material/Paper';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { type LabData, useLab } from '../../lab/lab-store.ts';
import { useLabEvery } from '../../lab/use-lab-every.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { useFollowedPowers, usePowers } from '../power/power-store.ts';
import { AddPhonesDialog } from './AddPhonesDialog.tsx';
import { ActionsMenu } from './actions/ActionsMenu.tsx';
import { BatchPanel } from './actions/BatchPanel.tsx';
import { ConnectDialog } from './ConnectDialog.tsx';
import { chosenRows, noneChosen } from './chosen-phones.ts';
import { PhoneDrawer } from './drawer/PhoneDrawer.tsx';
import { FleetBar } from './FleetBar.tsx';
import { PhoneGrid } from './PhoneGrid.tsx';
import { everything, profilesOf, shownPhones } from './phone-filters.ts';
import { rowMaker } from './phone-rows.ts';
import { useFleetCommands } from './use-fleet-commands.ts';
import { usePhoneActions } from './use-phone-actions.tsx';

/** Phones change many times a second when fifty start; a table that is read needs less. */
const REDRAW_MS = 200;
const DRAWER_WIDTH = 420;
const phonesOf = (data: LabData) => data.phones;
const linksOf = (data: LabData) => data.links;

export function FleetPage() {
  const phones = useLabEvery(phonesOf, REDRAW_MS);
  const links = useLabEvery(linksOf, REDRAW_MS);
  const loaded = useLab((data) => data.loaded);
  const able = useLab(({ lab }) => lab.phase === 'connected');
  useFollowedPowers();
  const powers = usePowers((data) => data.powers);
  const make = useMemo(rowMaker, []);
  const rows = useMemo(() => make(phones.values(), links.values(), powers), [make, phones, links, powers]);
  const [filter, setFilter] = useState(everything);
  const shown = useMemo(() => shownPhones(rows, filter), [rows, filter]);
  const [chosen, setChosen] = useState(noneChosen);
  const chosenPhones = useMemo(() => chosenRows(shown, chosen).map(({ phone }) => phone), [shown, chosen]);
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const serial = useParams()['*'] || undefined;
  const opened = useLab((data) => (serial === undefined ? undefined : data.phones.get(serial)));
  const narrow = useMediaQuery('(max-width: 979px)');
  const finder = useRef<HTMLInputElement>(null);
  const { onAction, onPower, dialog } = usePhoneActions();
  useFleetCommands({ chosen: chosenPhones, able, onAction, onPower });

  const open = useCallback((name: string) => void navigate(`/fleet/${encodeURIComponent(name)}`), [navigate]);
  const close = useCallback(() => void navigate('/fleet'), [navigate]);
  const ask = (what: 'add' | 'connect' | undefined) =>
    setSearch(what ? { [what]: '' } : {}, { replace: true });
  const empty = loaded && rows.length === 0;

  const list = (
    <Box
      sx={{
        flex: 1,
        minWidth: 0,
        display: 'flex',
        flexDirection: 'column',
        containerType: 'inline-size',
        containerName: 'fleet-bar',
      }}
    >
      <FleetBar
        filter={filter}
        onFilter={(change) => setFilter((before) => ({ ...before, ...change }))}
        profiles={profilesOf(rows)}
        shown={shown.length}
        all={rows.length}
        chosen={chosenPhones.length}
        onChooseNone={() => setChosen(noneChosen)}
        actions={
          <ActionsMenu
            label={chosenPhones.length === 0 ? 'Actions' : `Actions on ${chosenPhones.length}`}
            phones={chosenPhones}
            disabled={!able || chosenPhones.length === 0}
            onAction={onAction}
            onPower={onPower}
          />
        }
        able={able}
        onAdd={() => ask('add')}
        onConnect={() => ask('connect')}
        search={finder}
      />
      {empty ? (
        <EmptyState
          icon={mdiCellphoneOff}
          title="No phones yet"
          action={
            <Button
              variant="contained"
              disabled={!able}
              startIcon={<Icon path={mdiPlus} />}
              onClick={() => ask('add')}
            >
              Add virtual phones
            </Button>
          }
        >
          Add virtual phones, or connect a phone with USB debugging switched on. Your own adb server’s phones
          show up here by themselves.
        </EmptyState>
      ) : (
        <Box sx={{ flex: 1, minHeight: 0 }}>
          <PhoneGrid
            rows={shown}
            loading={!loaded}
            chosen={chosen}
            opened={serial}
            onChoose={setChosen}
            onOpen={open}
          />
        </Box>
      )}
    </Box>
  );

  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <Box sx={{ flex: 1, minHeight: 0, display: 'flex' }}>
        {(serial === undefined || !narrow) && list}
        {serial !== undefined && (
          <Paper
            square
            sx={{
              width: narrow ? '100%' : DRAWER_WIDTH,
              flexShrink: 0,
              border: 0,
              borderLeft: narrow ? 0 : 1,
              borderColor: 'divider',
            }}
          >
            {opened ? (
              <PhoneDrawer phone={opened} able={able} onAction={onAction} onPower={onPower} onClose={close} />
            ) : (
              <EmptyState
                icon={mdiCellphoneOff}
                title={loaded ? `There is no phone ${serial}` : 'Reading the fleet'}
                action={<Button onClick={close}>Show all phones</Button>}
              >
                {loaded && 'It was stopped, or disconnected from adb.'}
              </EmptyState>
            )}
          </Paper>
        )}
      </Box>
      <BatchPanel />
      <AddPhonesDialog open={search.has('add')} onClose={() => ask(undefined)} />
      {search.has('connect') && <ConnectDialog onClose={() => ask(undefined)} />}
      {dialog}
    </Box>
  );
}
