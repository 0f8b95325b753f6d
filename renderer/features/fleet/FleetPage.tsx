// Every phone: its state, and what can be done to one or many.

import { mdiCellphoneOff, mdiPlus } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { GridRowSelectionModel } from '@mui/x-data-grid';
import { useEffect, useMemo, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useLab } from '../../lab/lab-store.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { Icon } from '../../parts/Icon.tsx';
import { offerActions } from '../../shell/palette-store.ts';
import { AddPhonesDialog } from './AddPhonesDialog.tsx';
import { PhoneGrid } from './PhoneGrid.tsx';

const none: GridRowSelectionModel = { type: 'include', ids: new Set() };

export function FleetPage() {
  const phones = useLab((data) => data.phones);
  const loaded = useLab((data) => data.loaded);
  const list = useMemo(() => [...phones.values()], [phones]);
  const [chosen, setChosen] = useState(none);
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const adding = search.has('add');
  const setAdding = (open: boolean) => setSearch(open ? { add: '' } : {}, { replace: true });
  useEffect(
    () =>
      offerActions('fleet', [
        {
          id: 'add-phones',
          label: 'Add virtual phones…',
          group: 'Fleet',
          keys: 'Ctrl+N',
          run: () => void navigate('/fleet?add'),
        },
      ]),
    [navigate],
  );

  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <Box sx={{ display: 'flex', gap: 1, px: 2.5, py: 1.5 }}>
        <Button variant="contained" startIcon={<Icon path={mdiPlus} />} onClick={() => setAdding(true)}>
          Add virtual phones
        </Button>
      </Box>
      {loaded && list.length === 0 ? (
        <EmptyState icon={mdiCellphoneOff} title="No phones yet">
          Add virtual phones, or connect a phone with USB debugging switched on. Your own adb server's phones
          show up here by themselves.
        </EmptyState>
      ) : (
        <Box sx={{ flex: 1, minHeight: 0 }}>
          <PhoneGrid
            phones={list}
            chosen={chosen}
            onChoose={setChosen}
            onOpen={(serial) => void navigate(`/fleet/${encodeURIComponent(serial)}`)}
          />
        </Box>
      )}
      <AddPhonesDialog open={adding} onClose={() => setAdding(false)} />
    </Box>
  );
}
