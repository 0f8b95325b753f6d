// The drawing: one cytoscape instance that is told what changed, never drawn anew. Owns the instance and its timer.

import type { Theme } from '@mui/material/styles';
import cytoscape, { type Core, type EdgeSingular } from 'cytoscape';
import { type Changes, changesBetween } from '../graph-diff.ts';
import { edgeId, emptyGraph, type Graph, type GraphEdge, type GraphNode } from '../graph-model.ts';
import type { Point, Positions } from '../layout/placement.ts';
import { loadClass } from './link-load.ts';
import { meshStyle } from './mesh-style.ts';

export interface DrawnPath {
  readonly ids: readonly string[];
  /** Something is moving along it now. */
  readonly moving: boolean;
}

export interface Emphasis {
  readonly node?: string | undefined;
  readonly edge?: string | undefined;
  /** Nodes that a search found; undefined: nothing is searched. */
  readonly found?: ReadonlySet<string> | undefined;
  readonly routesOnly: boolean;
}

export interface MeshViewEvents {
  onNode(id: string): void;
  onEdge(id: string): void;
  onNothing(): void;
  onMoved(id: string, to: Point): void;
}

export interface MeshViewOptions {
  readonly container: HTMLElement;
  readonly large: boolean;
  readonly theme: Theme;
  readonly events: MeshViewEvents;
  readonly labelOf: (edge: GraphEdge) => string;
}

export interface MeshView {
  readonly cy: Core;
  show(graph: Graph, positions: Positions, options: { readonly animate: boolean }): void;
  relabel(labelOf: (edge: GraphEdge) => string): void;
  paths(paths: readonly DrawnPath[], options: { readonly animate: boolean }): void;
  emphasise(emphasis: Emphasis): void;
  fit(): void;
  zoomBy(factor: number): void;
  /** Brings a node into sight, if it is out of it. */
  reveal(id: string): void;
  restyle(theme: Theme): void;
  close(): void;
}

const PADDING = 48;
const MOST_FIT_ZOOM = 1.2;
const DASH_EVERY_MS = 60;
const DASH_LENGTH = 14;

export function createMeshView(options: MeshViewOptions): MeshView {
  const { container, large, events } = options;
  const cy = cytoscape({
    container,
    style: meshStyle(options.theme, large),
    minZoom: 0.05,
    maxZoom: 4,
    boxSelectionEnabled: false,
    autounselectify: true,
    // While a large mesh is panned its last picture is moved; it is drawn again when it rests.
    textureOnViewport: large,
    hideLabelsOnViewport: large,
    pixelRatio: large ? 1 : 'auto',
  });
  let shown: Graph = emptyGraph;
  let { labelOf } = options;
  let emphasis: Emphasis = { routesOnly: false };
  let timer: number | undefined;

  cy.on('tap', (event) => {
    const target = event.target;
    if (target === cy) events.onNothing();
    else if (target.isNode()) events.onNode(target.id());
    else events.onEdge(target.id());
  });
  cy.on('dragfree', 'node', ({ target }) => events.onMoved(target.id(), { ...target.position() }));

  /** How it stood after the last fit: while nobody has moved it, a window of another size fits it again. */
  let fitted: { readonly zoom: number; readonly x: number; readonly y: number } | undefined;
  const standing = () => ({ zoom: cy.zoom(), ...cy.pan() });
  function fitAll(): void {
    cy.fit(undefined, PADDING);
    // A few phones needn't fill the window.
    if (cy.zoom() > MOST_FIT_ZOOM) cy.zoom(MOST_FIT_ZOOM).center();
    fitted = standing();
  }
  cy.on('resize', () => {
    const now = standing();
    if (fitted?.zoom === now.zoom && fitted.x === now.x && fitted.y === now.y) fitAll();
  });

  function applyNodes(changes: Changes<GraphNode>, positions: Positions): void {
    for (const id of changes.removed) cy.getElementById(id).remove();
    cy.add(
      changes.added.map((node) => ({
        group: 'nodes' as const,
        data: { id: node.id, label: labelOfNode(node) },
        classes: node.tone,
        position: { ...(positions.get(node.id) ?? { x: 0, y: 0 }) },
      })),
    );
    for (const node of changes.changed) {
      const old = shown.nodes.get(node.id);
      const element = cy.getElementById(node.id);
      if (old?.tone !== node.tone) element.removeClass(old?.tone ?? '').addClass(node.tone);
      if (old?.detail !== node.detail) element.data('label', labelOfNode(node));
    }
  }

  function applyEdges(changes: Changes<GraphEdge>): void {
    for (const id of changes.removed) cy.getElementById(id).remove();
    cy.add(
      changes.added.map((edge) => ({
        group: 'edges' as const,
        data: { id: edge.id, source: edge.a, target: edge.b, ...(large ? {} : { label: labelOf(edge) }) },
        classes: classesOf(edge),
      })),
    );
    for (const edge of changes.changed) {
      const old = shown.edges.get(edge.id);
      const element = cy.getElementById(edge.id);
      const [before, after] = [old ? classesOf(old) : '', classesOf(edge)];
      if (before !== after) element.removeClass(before).addClass(after);
      if (!large) label(element as EdgeSingular, edge);
    }
  }

  function label(element: EdgeSingular, edge: GraphEdge): void {
    const text = labelOf(edge);
    if (element.data('label') !== text) element.data('label', text);
  }

  function emphasiseNow(): void {
    const { node, edge, found, routesOnly } = emphasis;
    cy.batch(() => {
      cy.elements('.chosen').removeClass('chosen');
      for (const id of [node, edge]) if (id !== undefined) cy.getElementById(id).addClass('chosen');
      cy.elements('.dim').removeClass('dim');
      if (found) {
        cy.nodes()
          .filter((it) => !found.has(it.id()))
          .addClass('dim');
        cy.edges().addClass('dim');
      }
      cy.edges('.left-out').removeClass('left-out');
      if (routesOnly) cy.edges('.unused, .down').addClass('left-out');
    });
  }

  function stopDashes(): void {
    window.clearInterval(timer);
    timer = undefined;
  }

  return {
    cy,
    show(graph, positions, { animate }) {
      const changes = changesBetween(shown, graph);
      cy.batch(() => {
        for (const id of changes.edges.removed) cy.getElementById(id).remove();
        applyNodes(changes.nodes, positions);
        applyEdges({ ...changes.edges, removed: [] });
      });
      shown = graph;
      if (changes.structure || emphasis.routesOnly) emphasiseNow();
      move(cy, positions, animate && !large);
    },
    relabel(next) {
      labelOf = next;
      if (large) return;
      cy.batch(() => {
        for (const edge of shown.edges.values()) label(cy.getElementById(edge.id) as EdgeSingular, edge);
      });
    },
    paths(paths, { animate }) {
      stopDashes();
      const moving: { edge: EdgeSingular; sign: number }[] = [];
      cy.batch(() => {
        cy.elements('.path').removeStyle('line-dash-offset').removeClass('path path-end forwards backwards');
        for (const { ids, moving: moves } of paths) {
          for (const [at, id] of ids.entries()) {
            const node = cy.getElementById(id).addClass('path');
            if (at === 0 || at === ids.length - 1) node.addClass('path-end');
            const before = ids[at - 1];
            if (before === undefined) continue;
            const edge = cy.getElementById(edgeId(before, id)) as EdgeSingular;
            if (edge.empty()) continue;
            const forwards = edge.data('source') === before;
            edge.addClass(`path ${forwards ? 'forwards' : 'backwards'}`);
            if (moves) moving.push({ edge, sign: forwards ? -1 : 1 });
          }
        }
      });
      if (!animate || large || moving.length === 0) return;
      let offset = 0;
      timer = window.setInterval(() => {
        if (document.hidden) return;
        offset = (offset + 1.5) % DASH_LENGTH;
        cy.batch(() => {
          for (const { edge, sign } of moving) edge.style('line-dash-offset', sign * offset);
        });
      }, DASH_EVERY_MS);
    },
    emphasise(next) {
      emphasis = next;
      emphasiseNow();
    },
    fit: fitAll,
    zoomBy(factor) {
      const level = cy.zoom() * factor;
      cy.zoom({ level, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
    },
    reveal(id) {
      const node = cy.getElementById(id);
      if (node.empty()) return;
      const { x, y } = node.renderedPosition() as Point;
      const inSight = x > PADDING && y > PADDING && x < cy.width() - PADDING && y < cy.height() - PADDING;
      if (!inSight) cy.center(node);
    },
    restyle(theme) {
      cy.style(meshStyle(theme, large));
    },
    close() {
      stopDashes();
      cy.destroy();
    },
  };
}

const labelOfNode = ({ id, detail }: GraphNode): string => (detail ? `${id}\n${detail}` : id);

const classesOf = (edge: GraphEdge): string =>
  [edge.word, edge.up && edge.routes === 0 ? 'unused' : '', loadClass(edge)].filter(Boolean).join(' ');

/** Nodes go where they belong; a hand that holds one wins. */
function move(cy: Core, positions: Positions, animate: boolean): void {
  const wrong = cy.nodes().filter((node) => {
    const to = positions.get(node.id());
    if (!to || node.grabbed()) return false;
    const { x, y } = node.position();
    return Math.abs(x - to.x) > 0.5 || Math.abs(y - to.y) > 0.5;
  });
  if (wrong.empty()) return;
  if (!animate) {
    wrong.positions((node) => ({ ...(positions.get(node.id()) ?? node.position()) }));
    return;
  }
  for (const node of wrong.toArray()) {
    const to = positions.get(node.id());
    if (to) node.stop().animate({ position: { ...to } }, { duration: 250, easing: 'ease-out' });
  }
}
