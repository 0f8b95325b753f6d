// The fleet as a table: sorted, many chosen at once, as many columns as there is room for. Arrows move, Space chooses,
// Enter opens.

import Box from '@mui/material/Box';
import { DataGrid, type GridRowSelectionModel } from '@mui/x-data-grid';
import { memo, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { styleNonce } from '../../parts/style-nonce.ts';
import { columnsAt } from './fleet-columns.ts';
import { phoneColumns } from './phone-columns.tsx';
import type { PhoneRow } from './phone-rows.ts';

export interface PhoneGridProps {
  readonly rows: readonly PhoneRow[];
  readonly loading: boolean;
  readonly chosen: GridRowSelectionModel;
  /** The phone that is open beside the table. */
  readonly opened: string | undefined;
  readonly onChoose: (chosen: GridRowSelectionModel) => void;
  readonly onOpen: (serial: string) => void;
}

export const PhoneGrid = memo(function PhoneGrid(props: PhoneGridProps) {
  const { rows, loading, chosen, opened, onChoose, onOpen } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const visible = useMemo(() => columnsAt(width), [width]);
  return (
    <Box ref={box} sx={{ height: '100%', minWidth: 0, overflow: 'hidden' }}>
      <DataGrid
        rows={rows}
        columns={phoneColumns}
        columnVisibilityModel={visible}
        getRowId={({ serial }) => serial}
        label="Phones"
        loading={loading}
        {...(styleNonce ? { nonce: styleNonce } : {})}
        checkboxSelection
        disableRowSelectionOnClick
        disableColumnMenu
        rowSelectionModel={chosen}
        onRowSelectionModelChange={onChoose}
        onRowClick={({ row }) => onOpen(row.serial)}
        onCellKeyDown={({ row, field }, event) => {
          if (event.key === 'Enter' && field !== '__check__') onOpen(row.serial);
          if (event.key !== ' ' || event.shiftKey || field === '__check__') return;
          event.preventDefault();
          event.defaultMuiPrevented = true;
          onChoose(toggled(chosen, row.serial));
        }}
        getRowClassName={({ row }) => (row.serial === opened ? 'opened' : '')}
        rowHeight={38}
        columnHeaderHeight={38}
        hideFooter={rows.length <= PAGE}
        initialState={{
          sorting: { sortModel: [{ field: 'serial', sort: 'asc' }] },
          pagination: { paginationModel: { pageSize: PAGE } },
        }}
        pageSizeOptions={[PAGE]}
        localeText={{ noRowsLabel: 'No phone fits these filters' }}
        sx={({ palette }) => ({
          border: 0,
          borderRadius: 0,
          fontSize: 13,
          '--DataGrid-rowBorderColor': palette.divider,
          '--DataGrid-t-color-border-base': palette.divider,
          // In the dark theme the table's own ground is lighter than the rest of the window.
          '&&': {
            '--DataGrid-t-color-background-base': palette.background.paper,
            '--DataGrid-t-header-background-base': palette.background.paper,
            backgroundColor: palette.background.paper,
          },
          '& .MuiDataGrid-columnSeparator': { color: palette.divider },
          '& .MuiDataGrid-columnHeaderTitle': { fontWeight: 600, fontSize: 12, color: 'text.secondary' },
          '& .MuiDataGrid-row': { cursor: 'pointer' },
          '& .MuiDataGrid-row.opened': { bgcolor: 'action.selected' },
          '& .MuiDataGrid-cell': { display: 'flex', alignItems: 'center' },
        })}
      />
    </Box>
  );
});

/** As many as one page of the free table holds; more phones than that are paged. */
const PAGE = 100;

function toggled(chosen: GridRowSelectionModel, serial: string): GridRowSelectionModel {
  const ids = new Set(chosen.ids);
  if (!ids.delete(serial)) ids.add(serial);
  return { type: chosen.type, ids };
}

function useWidth(box: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
