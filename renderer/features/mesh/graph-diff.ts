// What is new, gone or different between two graphs. Pure.

import type { Graph } from './graph-model.ts';

export interface Changes<T> {
  readonly added: readonly T[];
  readonly changed: readonly T[];
  readonly removed: readonly string[];
}

export interface GraphChanges {
  readonly nodes: Changes<Graph['nodes'] extends ReadonlyMap<string, infer N> ? N : never>;
  readonly edges: Changes<Graph['edges'] extends ReadonlyMap<string, infer E> ? E : never>;
  /** Nodes or links came or went: there may be something to lay out. */
  readonly structure: boolean;
}

export function changesBetween(before: Graph, after: Graph): GraphChanges {
  const nodes = compare(before.nodes, after.nodes);
  const edges = compare(before.edges, after.edges);
  const moved = ({ added, removed }: Changes<unknown>) => added.length > 0 || removed.length > 0;
  return { nodes, edges, structure: moved(nodes) || moved(edges) };
}

function compare<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>): Changes<T> {
  if (before === after) return { added: [], changed: [], removed: [] };
  const added: T[] = [];
  const changed: T[] = [];
  for (const [id, value] of after) {
    const old = before.get(id);
    if (old === undefined) added.push(value);
    else if (old !== value) changed.push(value);
  }
  const removed = [...before.keys()].filter((id) => !after.has(id));
  return { added, changed, removed };
}
