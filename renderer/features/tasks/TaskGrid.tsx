// The tasks as a table. Opening a row shows the task.

import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { DataGrid, type GridColDef } from '@mui/x-data-grid';
import { memo } from 'react';
import { dateAndTime, duration, timeOfDay } from '../../parts/format.ts';
import { StateChip } from '../../parts/StateChip.tsx';
import { styleNonce } from '../../parts/style-nonce.ts';
import { useNow } from '../../parts/use-now.ts';
import type { TaskRow } from './task-rows.ts';
import { taskTone, taskWord } from './task-words.ts';

const columns: GridColDef<TaskRow>[] = [
  {
    field: 'state',
    headerName: 'State',
    width: 130,
    valueGetter: (_value, row) => (row.interrupted ? 'Interrupted' : taskWord(row.state)),
    renderCell: ({ row, value }) => (
      <StateChip
        tone={row.interrupted ? 'warn' : taskTone(row.state)}
        label={String(value)}
        {...(row.problem ? { title: row.problem } : {})}
      />
    ),
  },
  {
    field: 'packageId',
    headerName: 'Service',
    flex: 1,
    minWidth: 170,
    renderCell: ({ row }) => (
      <Box sx={{ lineHeight: 1.25, minWidth: 0 }}>
        <Typography sx={{ fontWeight: 600, fontSize: 13 }} noWrap>
          {row.packageId}
        </Typography>
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }} noWrap>
          {row.version ?? 'version not known'}
        </Typography>
      </Box>
    ),
  },
  {
    field: 'way',
    headerName: 'From → on',
    minWidth: 170,
    flex: 0.7,
    valueGetter: (_value, row) => `${row.from} → ${row.device ?? '…'}`,
  },
  { field: 'hops', headerName: 'Hops', type: 'number', width: 70 },
  { field: 'attempts', headerName: 'Attempts', type: 'number', width: 90 },
  {
    field: 'durationMs',
    headerName: 'Duration',
    type: 'number',
    width: 110,
    renderCell: ({ row }) =>
      row.durationMs !== undefined ? (
        duration(row.durationMs)
      ) : row.past ? (
        '–'
      ) : (
        <Elapsed since={row.startedAt} />
      ),
  },
  {
    field: 'startedAt',
    headerName: 'Started',
    width: 190,
    renderCell: ({ row }) => (
      <span title={dateAndTime(row.startedAt)}>
        {row.past ? dateAndTime(row.startedAt) : timeOfDay(row.startedAt)}
      </span>
    ),
  },
];

function Elapsed({ since }: { readonly since: number }) {
  const now = useNow(true);
  return <>{duration(Math.max(0, now - since))}</>;
}

export const TaskGrid = memo(function TaskGrid({
  rows,
  loading,
  onOpen,
}: {
  readonly rows: readonly TaskRow[];
  readonly loading: boolean;
  readonly onOpen: (taskId: string) => void;
}) {
  return (
    <DataGrid
      rows={rows}
      columns={columns}
      getRowId={({ taskId }) => taskId}
      label="Tasks"
      loading={loading}
      {...(styleNonce ? { nonce: styleNonce } : {})}
      disableRowSelectionOnClick
      onRowClick={({ row }) => onOpen(row.taskId)}
      onCellKeyDown={({ row }, event) => {
        if (event.key === 'Enter') onOpen(row.taskId);
      }}
      rowHeight={48}
      initialState={{
        sorting: { sortModel: [{ field: 'startedAt', sort: 'desc' }] },
        pagination: { paginationModel: { pageSize: 100 } },
      }}
      pageSizeOptions={[25, 50, 100]}
      localeText={{ noRowsLabel: 'No task fits these filters' }}
      sx={{
        border: 0,
        '& .MuiDataGrid-row': { cursor: 'pointer' },
        '& .MuiDataGrid-cell': { display: 'flex', alignItems: 'center' },
        '& .MuiDataGrid-cell[data-field="hops"], & .MuiDataGrid-cell[data-field="attempts"], & .MuiDataGrid-cell[data-field="durationMs"]':
          { justifyContent: 'flex-end' },
      }}
    />
  );
});
