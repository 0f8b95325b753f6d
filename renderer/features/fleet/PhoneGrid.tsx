// The fleet as a table: sorted, filtered, many chosen at once. Opening a row shows the phone.

import { mdiLightningBolt } from '@mdi/js';
import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { DataGrid, type GridColDef, type GridRowSelectionModel } from '@mui/x-data-grid';
import type { PhoneView } from '#schemas';
import { percent, thermalWord } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { styleNonce } from '../../parts/style-nonce.ts';
import { batteryTone, kindWord, stateTone, stateWord, thermalTone } from './phone-words.ts';

const columns: GridColDef<PhoneView>[] = [
  {
    field: 'serial',
    headerName: 'Phone',
    flex: 1,
    minWidth: 150,
    renderCell: ({ row }) => (
      <Box sx={{ lineHeight: 1.25, py: 0.75, minWidth: 0 }}>
        <Typography sx={{ fontWeight: 600 }} noWrap>
          {row.serial}
        </Typography>
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }} noWrap>
          {row.model ?? 'Model not known yet'}
        </Typography>
      </Box>
    ),
  },
  {
    field: 'state',
    headerName: 'State',
    width: 140,
    valueGetter: (_value, row) => stateWord(row.state),
    renderCell: ({ row }) => (
      <StateChip
        tone={stateTone(row.state)}
        label={stateWord(row.state)}
        {...(row.problem ? { title: row.problem.message } : {})}
      />
    ),
  },
  { field: 'kind', headerName: 'Kind', width: 80, valueGetter: (_value, row) => kindWord[row.kind] },
  { field: 'profile', headerName: 'Profile', width: 100, valueGetter: (_value, row) => row.profile ?? '–' },
  { field: 'android', headerName: 'Android', width: 80, valueGetter: (_value, row) => row.android ?? '–' },
  { field: 'abi', headerName: 'ABI', width: 100, valueGetter: (_value, row) => row.abi ?? '–' },
  {
    field: 'batteryPercent',
    headerName: 'Battery',
    width: 120,
    renderCell: ({ row }) => <Battery phone={row} />,
  },
  {
    field: 'thermal',
    headerName: 'Heat',
    width: 110,
    renderCell: ({ row }) =>
      row.thermal === undefined ? (
        '–'
      ) : (
        <StateChip tone={thermalTone(row.thermal)} label={thermalWord(row.thermal)} />
      ),
  },
  {
    field: 'sandbox',
    headerName: 'Sandbox',
    width: 140,
    valueGetter: (_value, row) => (row.sandbox ? row.sandbox.runtimes.join(', ') || 'none' : '–'),
    renderCell: ({ row, formattedValue }) => (
      <span title={row.sandbox?.unavailable}>{String(formattedValue)}</span>
    ),
  },
];

function Battery({ phone }: { readonly phone: PhoneView }) {
  if (phone.batteryPercent === undefined) return '–';
  const tone = batteryTone(phone);
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, width: '100%' }}>
      <LinearProgress
        variant="determinate"
        value={phone.batteryPercent}
        aria-label={`Battery of ${phone.serial}`}
        sx={({ palette }) => ({
          flex: 1,
          height: 6,
          borderRadius: 3,
          bgcolor: palette.divider,
          '& .MuiLinearProgress-bar': { bgcolor: palette.tones[tone].dot },
        })}
      />
      <Typography sx={{ fontSize: 12, width: 38, textAlign: 'right' }}>
        {percent(phone.batteryPercent)}
      </Typography>
      {phone.charging ? (
        <Icon path={mdiLightningBolt} sx={{ fontSize: 14 }} titleAccess="charging" />
      ) : (
        <Box sx={{ width: 14 }} />
      )}
    </Box>
  );
}

export interface PhoneGridProps {
  readonly phones: readonly PhoneView[];
  readonly chosen: GridRowSelectionModel;
  readonly onChoose: (chosen: GridRowSelectionModel) => void;
  readonly onOpen: (serial: string) => void;
}

export function PhoneGrid({ phones, chosen, onChoose, onOpen }: PhoneGridProps) {
  return (
    <DataGrid
      rows={phones}
      columns={columns}
      getRowId={({ serial }) => serial}
      label="Phones"
      {...(styleNonce ? { nonce: styleNonce } : {})}
      checkboxSelection
      disableRowSelectionOnClick
      rowSelectionModel={chosen}
      onRowSelectionModelChange={onChoose}
      onRowClick={({ row }) => onOpen(row.serial)}
      onCellKeyDown={({ row }, event) => {
        if (event.key === 'Enter') onOpen(row.serial);
      }}
      getRowHeight={() => 52}
      initialState={{
        sorting: { sortModel: [{ field: 'serial', sort: 'asc' }] },
        pagination: { paginationModel: { pageSize: 100 } },
      }}
      pageSizeOptions={[25, 50, 100]}
      showToolbar
      sx={{
        border: 0,
        '& .MuiDataGrid-row': { cursor: 'pointer' },
        '& .MuiDataGrid-cell': { display: 'flex', alignItems: 'center' },
      }}
    />
  );
}
