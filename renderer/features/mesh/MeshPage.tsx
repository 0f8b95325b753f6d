// The mesh: its drawing, lists and panels; the phones' own, or a simulated one.

import { mdiGraphOutline } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { count } from '../../parts/format.ts';
import { offerActions } from '../../shell/palette-store.ts';
import { MeshCanvas, type MeshCanvasHandle } from './canvas/MeshCanvas.tsx';
import { LARGE_FROM } from './canvas/mesh-style.ts';
import { fleetSource, type MeshSource } from './data/mesh-source.ts';
import { useGraph } from './data/use-graph.ts';
import { useLayout } from './data/use-layout.ts';
import { type MeshAddress, useMeshAddress } from './data/use-mesh-address.ts';
import { useSimulation } from './data/use-simulation.ts';
import { type EdgeLabels, labelFor } from './edge-labels.ts';
import { emptyGraph } from './graph-model.ts';
import { Legend } from './Legend.tsx';
import { MeshSide } from './MeshSide.tsx';
import { MeshToolbar } from './MeshToolbar.tsx';
import { PathStrip } from './PathStrip.tsx';
import { AddLinkDialog } from './panels/AddLinkDialog.tsx';
import { SimulateDialog } from './panels/SimulateDialog.tsx';
import { SimulationBar } from './SimulationBar.tsx';
import { useDrawnWays } from './use-drawn-ways.ts';

export function MeshPage() {
  const [address, go] = useMeshAddress();
  const simulation = useSimulation(address.sim);
  const source = address.sim === undefined ? fleetSource : simulation.source;
  const end = () => {
    simulation.end();
    go({});
  };
  if (!source)
    return <SimulationBar source={undefined} problem={simulation.problem} map={undefined} onEnd={end} />;
  return <MeshScreen source={source} address={address} go={go} onEnd={end} />;
}

function MeshScreen({
  source,
  address,
  go,
  onEnd,
}: {
  readonly source: MeshSource;
  readonly address: MeshAddress;
  readonly go: (address: MeshAddress) => void;
  readonly onEnd: () => void;
}) {
  const { node, link, task, to, sim } = address;
  const { map, graph, error } = useGraph(source);
  const layout = useLayout(graph, source.key);
  const ways = useDrawnWays(source, address, map);
  const canvas = useRef<MeshCanvasHandle>(null);
  const navigate = useNavigate();
  const wide = useMediaQuery('(min-width: 1000px)');
  const still = useMediaQuery('(prefers-reduced-motion: reduce)');
  const [listWanted, setListWanted] = useState<boolean>();
  const [search, setSearch] = useState('');
  const [routesOnly, setRoutesOnly] = useState(false);
  const [labels, setLabels] = useState<EdgeLabels>('quality');
  const [dialog, setDialog] = useState<'link' | 'simulate'>();
  const labelOf = useMemo(() => labelFor(labels), [labels]);
  const large = graph.nodes.size > LARGE_FROM;
  const chosen = node !== undefined || link !== undefined;
  const sideShown = chosen || (listWanted ?? wide);

  const found = useMemo(() => {
    const text = search.trim().toLowerCase();
    if (text === '') return undefined;
    return new Set([...graph.nodes.keys()].filter((id) => id.toLowerCase().includes(text)));
  }, [search, graph.nodes]);
  const emphasis = useMemo(() => ({ node, edge: link, found, routesOnly }), [node, link, found, routesOnly]);

  const place = useMemo(() => (sim ? { sim } : {}), [sim]);
  const toNode = useCallback((id: string) => go({ ...place, node: id }), [go, place]);
  const toEdge = useCallback((id: string) => go({ ...place, link: id }), [go, place]);
  const toNothing = useCallback(() => go(place), [go, place]);
  const showNode = (id: string) => {
    toNode(id);
    canvas.current?.reveal(id);
  };
  useEffect(
    () =>
      offerActions('mesh', [
        { id: 'simulate', label: 'Simulate a mesh…', group: 'Mesh', run: () => setDialog('simulate') },
        { id: 'add-link', label: 'Add a link…', group: 'Mesh', run: () => setDialog('link') },
        { id: 'fit-mesh', label: 'Show the whole mesh', group: 'Mesh', run: () => canvas.current?.fit() },
      ]),
    [],
  );
  const empty = map !== undefined && graph.nodes.size === 0;

  return (
    <Box sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <MeshToolbar
        search={search}
        onSearch={setSearch}
        onSearchDone={() => {
          const [first] = found ?? [];
          if (first !== undefined) showNode(first);
        }}
        routesOnly={routesOnly}
        onRoutesOnly={setRoutesOnly}
        labels={large ? undefined : labels}
        onLabels={setLabels}
        onFit={() => canvas.current?.fit()}
        onZoom={(factor) => canvas.current?.zoomBy(factor)}
        onArrange={(name) => layout.arrange(name, node)}
        onAddLink={source.simulation || graph.nodes.size < 2 ? undefined : () => setDialog('link')}
        onSimulate={() => setDialog('simulate')}
        listShown={sideShown}
        onList={(shown) => {
          setListWanted(shown);
          if (!shown) toNothing();
        }}
      />
      {sim !== undefined && (
        <SimulationBar source={source} problem={error?.message} map={map} onEnd={onEnd} />
      )}
      {sim === undefined && error && (
        <Alert severity="error" variant="outlined" sx={{ mx: 2, my: 1, py: 0, flexShrink: 0 }}>
          The mesh can’t be read: {error.message}. It is tried again every second.
        </Alert>
      )}
      <Box sx={{ flex: 1, minHeight: 0, display: 'flex', position: 'relative' }}>
        <Box sx={{ flex: 1, minWidth: 0, position: 'relative' }}>
          {empty ? (
            <EmptyState
              icon={mdiGraphOutline}
              title="No mesh yet"
              action={
                <Button variant="contained" onClick={() => void navigate('/fleet?add')}>
                  Add virtual phones
                </Button>
              }
            >
              Phones that run the agent show up here with their links. You can also look at a simulated mesh.
            </EmptyState>
          ) : (
            <>
              <MeshCanvas
                ref={canvas}
                graph={layout.positions.size > 0 ? graph : emptyGraph}
                positions={layout.positions}
                large={large}
                fitKey={layout.fitKey}
                emphasis={emphasis}
                paths={ways.paths}
                still={still}
                labelOf={labelOf}
                label={`Drawing of the mesh: ${count(graph.nodes.size, 'phone')}, ${count(graph.edges.size, 'link')}. Arrow keys go from phone to phone; the list beside it holds the same.`}
                onNode={toNode}
                onEdge={toEdge}
                onNothing={toNothing}
                onMoved={layout.moved}
              />
              {(layout.working || map === undefined) && (
                <LinearProgress
                  aria-label={map === undefined ? 'Reading the mesh' : 'Arranging the mesh'}
                  sx={{ position: 'absolute', top: 0, left: 0, right: 0 }}
                />
              )}
              <PathStrip
                legs={ways.legs}
                note={ways.note}
                onClose={
                  to !== undefined && node !== undefined
                    ? () => toNode(node)
                    : task !== undefined
                      ? toNothing
                      : undefined
                }
              />
              <Legend />
            </>
          )}
        </Box>
        {sideShown && !empty && (
          <MeshSide
            graph={graph}
            source={source}
            address={address}
            found={found}
            routesOnly={routesOnly}
            onNode={showNode}
            onEdge={toEdge}
            onBack={toNothing}
            onTrace={(target) =>
              go({ ...place, ...(node ? { node } : {}), ...(target ? { to: target } : {}) })
            }
          />
        )}
      </Box>
      {dialog === 'link' && !source.simulation && (
        <AddLinkDialog
          phones={[...graph.nodes.keys()].sort()}
          graph={graph}
          from={node}
          onClose={() => setDialog(undefined)}
        />
      )}
      {dialog === 'simulate' && (
        <SimulateDialog
          onClose={() => setDialog(undefined)}
          onStarted={({ simulationId }) => {
            setDialog(undefined);
            go({ sim: simulationId });
          }}
        />
      )}
    </Box>
  );
}
