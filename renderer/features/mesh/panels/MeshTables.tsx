// All phones and links as tables: what the drawing shows, for the keyboard and for screen readers.

import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { DataGrid, type GridColDef } from '@mui/x-data-grid';
import { useMemo, useState } from 'react';
import { StateChip } from '../../../parts/StateChip.tsx';
import { styleNonce } from '../../../parts/style-nonce.ts';
import type { Graph, GraphEdge, GraphNode } from '../graph-model.ts';
import { quality, qualityLabel, qualityTone, rate, roundTrip } from '../mesh-words.ts';

const nodeColumns: GridColDef<GraphNode>[] = [
  { field: 'id', headerName: 'Name', flex: 1, minWidth: 110 },
  {
    field: 'state',
    headerName: 'State',
    width: 118,
    renderCell: ({ row }) => <StateChip tone={row.tone} label={row.state} />,
  },
  { field: 'links', headerName: 'Links', type: 'number', width: 62 },
  { field: 'reaches', headerName: 'Reaches', type: 'number', width: 76 },
];

const edgeColumns: GridColDef<GraphEdge>[] = [
  { field: 'id', headerName: 'Link', flex: 1, minWidth: 130 },
  {
    field: 'word',
    headerName: 'Quality',
    width: 86,
    sortComparator: (a: number, b: number) => a - b,
    valueGetter: (_value, { up, quality: measured }) => (up ? (measured ?? 0) : -1),
    renderCell: ({ row }) => (
      <StateChip
        tone={qualityTone[row.word]}
        label={row.up && row.quality !== undefined ? quality(row.quality) : row.up ? '–' : 'Down'}
        title={qualityLabel[row.word]}
      />
    ),
  },
  {
    field: 'rttMs',
    headerName: 'RTT',
    type: 'number',
    width: 68,
    valueFormatter: (value: number | undefined) => roundTrip(value),
  },
  { field: 'routes', headerName: 'Routes', type: 'number', width: 62 },
  {
    field: 'traffic',
    headerName: 'Traffic',
    type: 'number',
    width: 78,
    valueGetter: (_value, row) => (row.rateAtoB ?? 0) + (row.rateBtoA ?? 0),
    valueFormatter: (value: number) => rate(value),
  },
];

export interface MeshTablesProps {
  readonly graph: Graph;
  readonly what: string;
  readonly found: ReadonlySet<string> | undefined;
  readonly routesOnly: boolean;
  readonly onNode: (id: string) => void;
  readonly onEdge: (id: string) => void;
}

export function MeshTables({ graph, what, found, routesOnly, onNode, onEdge }: MeshTablesProps) {
  const [shown, setShown] = useState<'nodes' | 'edges'>('nodes');
  const nodes = useMemo(
    () => [...graph.nodes.values()].filter(({ id }) => !found || found.has(id)),
    [graph.nodes, found],
  );
  const edges = useMemo(
    () =>
      [...graph.edges.values()].filter(
        ({ a, b, up, routes }) =>
          (!found || found.has(a) || found.has(b)) && (!routesOnly || (up && routes > 0)),
      ),
    [graph.edges, found, routesOnly],
  );
  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <ToggleButtonGroup
        exclusive
        size="small"
        value={shown}
        onChange={(_event, value: typeof shown | null) => value && setShown(value)}
        aria-label="What the table lists"
        sx={{ m: 1.5, mb: 1 }}
      >
        <ToggleButton value="nodes" sx={{ flex: 1, textTransform: 'none', py: 0.5 }}>
          {what} ({nodes.length.toLocaleString()})
        </ToggleButton>
        <ToggleButton value="edges" sx={{ flex: 1, textTransform: 'none', py: 0.5 }}>
          Links ({edges.length.toLocaleString()})
        </ToggleButton>
      </ToggleButtonGroup>
      <Box sx={{ flex: 1, minHeight: 0 }}>
        {shown === 'nodes' ? (
          <Table label={`${what} of the mesh`} rows={nodes} columns={nodeColumns} onChoose={onNode} />
        ) : (
          <Table label="Links of the mesh" rows={edges} columns={edgeColumns} onChoose={onEdge} />
        )}
      </Box>
    </Box>
  );
}

function Table<R extends { readonly id: string }>(props: {
  readonly label: string;
  readonly rows: readonly R[];
  readonly columns: GridColDef<R>[];
  readonly onChoose: (id: string) => void;
}) {
  return (
    <DataGrid
      rows={props.rows}
      columns={props.columns}
      label={props.label}
      {...(styleNonce ? { nonce: styleNonce } : {})}
      density="compact"
      disableColumnMenu
      disableRowSelectionOnClick
      hideFooter={props.rows.length <= 100}
      onRowClick={({ row }) => props.onChoose(row.id)}
      onCellKeyDown={({ row }, event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        props.onChoose(row.id);
      }}
      initialState={{
        sorting: { sortModel: [{ field: 'id', sort: 'asc' }] },
        pagination: { paginationModel: { pageSize: 100 } },
      }}
      pageSizeOptions={[100]}
      sx={{
        border: 0,
        fontSize: 12.5,
        '& .MuiDataGrid-row': { cursor: 'pointer' },
        '& .MuiDataGrid-cell': { display: 'flex', alignItems: 'center', px: 1 },
        '& .MuiDataGrid-cell--textRight': { justifyContent: 'flex-end' },
        '& .MuiDataGrid-columnHeader': { px: 1 },
      }}
    />
  );
}
