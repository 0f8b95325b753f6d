// The same mesh drawn by each: our page's own component (still, and with links that change twice a second), plain
// cytoscape, React Flow and sigma. Each answers where its drawing stands now.

import { ThemeProvider } from '@mui/material/styles';
import { Background, type Edge, type Node, ReactFlow, type ReactFlowInstance } from '@xyflow/react';
import '@xyflow/react/dist/style.css';
import cytoscape from 'cytoscape';
import Graph from 'graphology';
import { useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import Sigma from 'sigma';
import type { MeshMap } from '#schemas';
import { MeshCanvas } from '../../renderer/features/mesh/canvas/MeshCanvas.tsx';
import { LARGE_FROM } from '../../renderer/features/mesh/canvas/mesh-style.ts';
import type { MeshView } from '../../renderer/features/mesh/canvas/mesh-view.ts';
import { labelFor } from '../../renderer/features/mesh/edge-labels.ts';
import { emptyGraph, graphOf } from '../../renderer/features/mesh/graph-model.ts';
import { themeFor } from '../../renderer/theme/theme.ts';
import type { SampleMesh } from './sample-mesh.ts';

export type Place = () => { x: number; y: number };
export type Peer = (mesh: SampleMesh, stage: HTMLElement) => Promise<Place>;

const nothing = () => undefined;
const labelOf = labelFor('quality');
const theme = themeFor('light');
const CHANGES_EVERY_MS = 400;

/** `turn` changes the quality of every fiftieth link. */
function mapOf(mesh: SampleMesh, turn: number): MeshMap {
  const at = new Map(mesh.nodes.map(({ id }, index) => [id, index]));
  return {
    ready: true,
    nodes: mesh.nodes.map(({ id }) => ({ id, reaches: 10 })),
    edges: mesh.links.map(({ a, b }, index) => ({
      a: at.get(a) ?? 0,
      b: at.get(b) ?? 0,
      up: true,
      quality: (index + turn) % 50 === 0 ? 0.5 : 0.95,
      routes: 4,
    })),
  };
}

function Ours(props: {
  readonly mesh: SampleMesh;
  readonly live: boolean;
  readonly onView: (view: MeshView) => void;
}) {
  const { mesh, live, onView } = props;
  const positions = useMemo(() => new Map(mesh.nodes.map(({ id, x, y }) => [id, { x, y }])), [mesh]);
  const [graph, setGraph] = useState(() =>
    graphOf({ map: mapOf(mesh, 0), phones: undefined, atMs: 0 }, emptyGraph),
  );
  useEffect(() => {
    if (!live) return undefined;
    let turn = 0;
    const timer = setInterval(() => {
      turn += 1;
      setGraph((old) => graphOf({ map: mapOf(mesh, turn), phones: undefined, atMs: performance.now() }, old));
    }, CHANGES_EVERY_MS);
    return () => clearInterval(timer);
  }, [live, mesh]);
  const emphasis = useMemo(() => ({ routesOnly: false }), []);
  const paths = useMemo(() => [], []);
  return (
    <MeshCanvas
      graph={graph}
      positions={positions}
      large={mesh.nodes.length > LARGE_FROM}
      fitKey="once"
      emphasis={emphasis}
      paths={paths}
      still={false}
      labelOf={labelOf}
      label="Mesh"
      onNode={nothing}
      onEdge={nothing}
      onNothing={nothing}
      onMoved={nothing}
      onView={onView}
    />
  );
}

const ours =
  (live: boolean): Peer =>
  (mesh, stage) =>
    new Promise((resolve) => {
      createRoot(stage).render(
        <ThemeProvider theme={theme}>
          <Ours mesh={mesh} live={live} onView={({ cy }) => resolve(() => ({ ...cy.pan() }))} />
        </ThemeProvider>,
      );
    });

const plainCytoscape: Peer = async (mesh, stage) => {
  const cy = cytoscape({
    container: stage,
    elements: [
      ...mesh.nodes.map(({ id, x, y }) => ({ data: { id }, position: { x, y } })),
      ...mesh.links.map(({ id, a, b }) => ({ data: { id, source: a, target: b } })),
    ],
    style: [
      {
        selector: 'node',
        style: { label: 'data(id)', width: 22, height: 22, 'background-color': '#1f9d4d', 'font-size': 10 },
      },
      { selector: 'edge', style: { width: 3, 'line-color': '#8d97a6' } },
    ],
    layout: { name: 'preset', padding: 48 },
  });
  cy.fit(undefined, 48);
  return () => ({ ...cy.pan() });
};

const xyflow: Peer = (mesh, stage) =>
  new Promise((resolve) => {
    const nodes: Node[] = mesh.nodes.map(({ id, x, y }) => ({
      id,
      position: { x, y },
      data: { label: id },
      style: { width: 44, height: 22, padding: 2, fontSize: 10 },
    }));
    const edges: Edge[] = mesh.links.map(({ id, a, b }) => ({ id, source: a, target: b, type: 'straight' }));
    createRoot(stage).render(
      <ReactFlow
        defaultNodes={nodes}
        defaultEdges={edges}
        fitView
        minZoom={0.01}
        onInit={(flow: ReactFlowInstance) => resolve(() => flow.getViewport())}
      >
        <Background />
      </ReactFlow>,
    );
  });

const sigma: Peer = async (mesh, stage) => {
  const graph = new Graph();
  for (const { id, x, y } of mesh.nodes) graph.addNode(id, { x, y, size: 5, label: id, color: '#1f9d4d' });
  for (const { a, b } of mesh.links) graph.addEdge(a, b, { size: 1, color: '#8d97a6' });
  const drawing = new Sigma(graph, stage);
  return () => drawing.graphToViewport({ x: 0, y: 0 });
};

export const peers: Readonly<Record<string, Peer>> = {
  ours: ours(false),
  'ours-live': ours(true),
  cytoscape: plainCytoscape,
  xyflow,
  sigma,
};
