// The drawing as a component: keeps one view, hands on what changed. Arrow keys go from phone to phone.

import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { type KeyboardEvent, type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { Graph, GraphEdge } from '../graph-model.ts';
import { type Direction, nearestTowards } from '../layout/nearest.ts';
import type { Point, Positions } from '../layout/placement.ts';
import { createMeshView, type DrawnPath, type Emphasis, type MeshView } from './mesh-view.ts';

export interface MeshCanvasHandle {
  fit(): void;
  zoomBy(factor: number): void;
  reveal(id: string): void;
}

export interface MeshCanvasProps {
  readonly ref?: Ref<MeshCanvasHandle>;
  readonly graph: Graph;
  readonly positions: Positions;
  readonly large: boolean;
  /** Changes when the view shall fit everything into sight again. */
  readonly fitKey: string;
  readonly emphasis: Emphasis;
  readonly paths: readonly DrawnPath[];
  readonly still: boolean;
  readonly labelOf: (edge: GraphEdge) => string;
  readonly label: string;
  readonly onNode: (id: string) => void;
  readonly onEdge: (id: string) => void;
  readonly onNothing: () => void;
  readonly onMoved: (id: string, to: Point) => void;
  /** For measuring. */
  readonly onView?: (view: MeshView) => void;
}

export function MeshCanvas(props: MeshCanvasProps) {
  const { graph, positions, large, fitKey, emphasis, paths, still, labelOf } = props;
  const theme = useTheme();
  const container = useRef<HTMLDivElement>(null);
  const view = useRef<MeshView>(undefined);
  const latest = useRef(props);
  latest.current = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme and labels are handed on below
  useEffect(() => {
    if (!container.current) return undefined;
    const it = createMeshView({
      container: container.current,
      large,
      theme,
      labelOf,
      events: {
        onNode: (id) => latest.current.onNode(id),
        onEdge: (id) => latest.current.onEdge(id),
        onNothing: () => latest.current.onNothing(),
        onMoved: (id, to) => latest.current.onMoved(id, to),
      },
    });
    view.current = it;
    latest.current.onView?.(it);
    return () => {
      view.current = undefined;
      it.close();
    };
  }, [large]);

  useEffect(() => view.current?.restyle(theme), [theme]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new view (of another size) must be filled as well
  useEffect(() => {
    view.current?.show(graph, positions, { animate: !still });
  }, [graph, positions, large, still]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => view.current?.relabel(labelOf), [labelOf, large]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => view.current?.emphasise(emphasis), [emphasis, large]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a path is drawn when its links are there
  useEffect(() => view.current?.paths(paths, { animate: !still }), [paths, still, large, graph.edges.size]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => view.current?.fit(), [fitKey, large]);
  useImperativeHandle(props.ref, () => ({
    fit: () => view.current?.fit(),
    zoomBy: (factor) => view.current?.zoomBy(factor),
    reveal: (id) => view.current?.reveal(id),
  }));

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { key } = event;
    if (key.startsWith('Arrow')) {
      const next = nearestTowards(positions, emphasis.node ?? '', key as Direction);
      if (next !== undefined) {
        props.onNode(next);
        view.current?.reveal(next);
      }
    } else if (key === '+' || key === '=') view.current?.zoomBy(1.25);
    else if (key === '-') view.current?.zoomBy(0.8);
    else if (key === '0') view.current?.fit();
    else if (key === 'Escape') props.onNothing();
    else return;
    event.preventDefault();
  }

  return (
    <Box
      role="application"
      aria-label={props.label}
      tabIndex={0}
      onKeyDown={onKeyDown}
      sx={{
        position: 'absolute',
        inset: 0,
        '&:focus-visible': { outline: 2, outlineColor: 'primary.main', outlineOffset: -2 },
      }}
    >
      {/* cytoscape adds a style of its own unless something has this name; the page's policy would refuse it. */}
      <span id="__________cytoscape_stylesheet" hidden />
      <Box ref={container} sx={{ position: 'relative', width: '100%', height: '100%' }} />
    </Box>
  );
}
