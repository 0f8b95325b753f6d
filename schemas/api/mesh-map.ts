// The mesh put together from what every node knows, small enough to be read once a second: a list of nodes, and edges
// that name them by their place in it. A lab host's phones and its simulations answer in this one form.

import { type Static, Type } from 'typebox';
import { Bytes, NodeIdText } from '../common.ts';
import { LinkView, SerialText } from './lab-views.ts';

const exact = <T extends Parameters<typeof Type.Object>[0]>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
const Index = Type.Integer({ minimum: 0, maximum: 20_000 });

export const MeshMapNode = Type.Object({
  /** A phone's serial, a simulated node's name, or the node id of a stranger. */
  id: SerialText,
  nodeId: Type.Optional(NodeIdText),
  /** Nodes that it has a route to. */
  reaches: Type.Integer({ minimum: 0 }),
});
export type MeshMapNode = Static<typeof MeshMapNode>;

export const MeshMapEdge = Type.Object({
  a: Index,
  b: Index,
  up: Type.Boolean(),
  /** What the ends tell of it, the worse of the two; absent while neither does. */
  quality: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  rttMs: Type.Optional(Type.Number({ minimum: 0 })),
  /** Routes, of both ends, that leave over it. */
  routes: Type.Integer({ minimum: 0 }),
  bytesAtoB: Type.Optional(Bytes),
  bytesBtoA: Type.Optional(Bytes),
  /** The lab host's part of it, where it carries or made it. */
  link: Type.Optional(LinkView),
});
export type MeshMapEdge = Static<typeof MeshMapEdge>;

export const MeshMap = Type.Object({
  ready: Type.Boolean(),
  nodes: Type.Array(MeshMapNode, { maxItems: 20_000 }),
  edges: Type.Array(MeshMapEdge, { maxItems: 200_000 }),
});
export type MeshMap = Static<typeof MeshMap>;

export const RouteView = Type.Object({
  to: SerialText,
  nextHop: SerialText,
  hops: Type.Integer({ minimum: 1 }),
  rttMs: Type.Optional(Type.Number({ minimum: 0 })),
  quality: Type.Number(),
});
export type RouteView = Static<typeof RouteView>;

export const RoutesView = Type.Object({
  of: SerialText,
  routes: Type.Array(RouteView, { maxItems: 20_000 }),
});
export type RoutesView = Static<typeof RoutesView>;

/** The way from one node to another along every node's own next hop, as far as it is known. */
export const PathView = Type.Object({
  path: Type.Array(SerialText, { maxItems: 1_024 }),
  complete: Type.Boolean(),
});
export type PathView = Static<typeof PathView>;

export const StartSimulation = exact({
  nodes: Type.Integer({ minimum: 2, maximum: 2_000 }),
  topology: Type.Union([
    Type.Literal('near'),
    Type.Literal('chain'),
    Type.Literal('ring'),
    Type.Literal('random'),
  ]),
  seed: Type.Integer({ minimum: 0, maximum: 0xffff_ffff }),
  /** Links that break and heal again, a minute of the simulation. */
  breaksPerMinute: Type.Optional(Type.Integer({ minimum: 0, maximum: 600 })),
});
export type StartSimulation = Static<typeof StartSimulation>;

export const SimulationView = Type.Object({
  simulationId: Type.String({ maxLength: 64 }),
  ...StartSimulation.properties,
});
export type SimulationView = Static<typeof SimulationView>;

export const SimulationMap = Type.Object({
  ...MeshMap.properties,
  /** The simulation's own clock, milliseconds. */
  nowMs: Type.Number({ minimum: 0 }),
  /** Frames that nodes have received since the start. */
  frames: Bytes,
});
export type SimulationMap = Static<typeof SimulationMap>;
