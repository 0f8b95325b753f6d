// A simulated mesh that is looked at: names for its nodes, links that break and heal, and the same map, routes and
// paths as a real one gives. No threads and no clocks: whoever owns it moves its time.

import { AbhayaError, type Random, seededRandom } from '#base';
import { type Pair, topologyPairs } from '#lab/links';
import { buildMeshMap, type NodeSummary, summarise, tracePath } from '#lab/mesh-map';
import type { PathView, RoutesView, SimulationMap, StartSimulation } from '#schemas';
import { nearPairs } from './near-pairs.ts';
import { Simulator } from './simulator.ts';

/** Beyond so many nodes each knows its surroundings only, as on phones; less far the larger the mesh. */
const numbersFor = (nodes: number) =>
  nodes <= 128 ? {} : { fullMapNodes: 64, scopeHops: nodes <= 600 ? 4 : 3 };
const BROKEN_MS = { least: 3_000, most: 10_000 };

export class SimulatedMesh {
  readonly #simulator: Simulator;
  readonly #random: Random;
  readonly #names: string[];
  readonly #indexes: Map<string, number>;
  readonly #nodeIndexes: Map<string, number>;
  readonly #pairs: readonly Pair[];
  readonly #summaries = new Map<number, NodeSummary>();
  readonly #changed = new Set<number>();
  readonly #breakEveryMs: number;
  #nextBreak: number;
  #healing: { readonly pair: Pair; readonly at: number }[] = [];

  constructor({ nodes, topology, seed, breaksPerMinute = 0 }: StartSimulation) {
    this.#random = seededRandom(seed);
    this.#simulator = new Simulator({ nodes, seed, numbers: numbersFor(nodes) });
    this.#simulator.onTopology = (node) => this.#changed.add(node);
    this.#names = Array.from({ length: nodes }, (_, at) => `S${String(at + 1).padStart(4, '0')}`);
    this.#indexes = new Map(this.#names.map((name, at) => [name, at]));
    this.#nodeIndexes = new Map(this.#names.map((_, at) => [this.#simulator.idOf(at), at]));
    this.#pairs =
      topology === 'near' ? nearPairs(nodes, this.#random) : topologyPairs(topology, nodes, this.#random);
    this.#breakEveryMs = breaksPerMinute > 0 ? 60_000 / breaksPerMinute : Number.POSITIVE_INFINITY;
    this.#nextBreak = this.#breakEveryMs;
    for (const [a, b] of this.#pairs) this.#simulator.linkUp(a, b);
  }

  get now(): number {
    return this.#simulator.now;
  }

  /** Moves time on by so many virtual milliseconds. */
  run(ms: number): void {
    this.#simulator.run(ms);
    const { now } = this.#simulator;
    for (const { pair } of this.#healing.filter(({ at }) => at <= now)) this.#simulator.linkUp(...pair);
    this.#healing = this.#healing.filter(({ at }) => at > now);
    if (now < this.#nextBreak) return;
    this.#nextBreak = now + this.#breakEveryMs;
    const pair = this.#pairs[Math.floor(this.#random.float() * this.#pairs.length)];
    if (!pair || this.#healing.some((it) => it.pair === pair)) return;
    this.#simulator.linkDown(...pair);
    const { least, most } = BROKEN_MS;
    this.#healing.push({ pair, at: now + least + this.#random.float() * (most - least) });
  }

  map(): SimulationMap {
    for (const node of this.#changed) {
      this.#summaries.set(
        node,
        summarise(this.#simulator.node(node).topology(), () => true),
      );
    }
    this.#changed.clear();
    const name = (at: number) => this.#names[at] ?? '';
    const map = buildMeshMap({
      ready: this.#healing.length === 0,
      nodes: this.#names.map((id, at) => ({ id, nodeId: this.#simulator.idOf(at) })),
      summaries: this.#summaries.values(),
      links: this.#simulator.links().map(({ ends: [a, b], up, bytes: [aToB, bToA] }) => ({
        a: name(a),
        b: name(b),
        up,
        bytesAtoB: aToB,
        bytesBtoA: bToA,
      })),
      nodeIds: false,
    });
    return { ...map, nowMs: this.#simulator.now, frames: this.#simulator.frames };
  }

  routes(of: string): RoutesView {
    const core = this.#simulator.node(this.#indexOf(of));
    const routes = core.topology().nodes.flatMap(({ nodeId, nextHop, hops, rttMs, quality }) =>
      nextHop === undefined || hops === 0
        ? []
        : [
            {
              to: this.#nameOf(nodeId),
              nextHop: this.#nameOf(nextHop),
              hops,
              quality,
              ...(rttMs === undefined ? {} : { rttMs }),
            },
          ],
    );
    return { of, routes };
  }

  path(from: string, to: string): PathView {
    const [start, end] = [this.#indexOf(from), this.#indexOf(to)];
    const nextHopOf = (at: string, target: string) =>
      this.#simulator.node(this.#nodeIndexes.get(at) ?? 0).route(target)?.nextHop;
    const { path, complete } = tracePath(this.#simulator.idOf(start), this.#simulator.idOf(end), nextHopOf);
    // Beyond a node's map a route is found by asking for it: the next look shows it.
    if (!complete) this.#simulator.seek(this.#nodeIndexes.get(path.at(-1) ?? '') ?? start, end);
    return { path: path.map((nodeId) => this.#nameOf(nodeId)), complete };
  }

  #nameOf(nodeId: string): string {
    return this.#names[this.#nodeIndexes.get(nodeId) ?? -1] ?? nodeId;
  }

  #indexOf(name: string): number {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new AbhayaError('not-found', `the simulation has no node ${name}`);
    return index;
  }
}
