// What the mesh's performance claims are made of. Run: node bench/mesh.bench.ts [--quick]; writes bench/out/mesh.json.
// Broadcasts: 50 real nodes in one process. Streams: one process per node, beside plain copies in the same run.

import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { generateIdentity } from '#agent/identity';
import { createMeshNode, type MeshNode } from '#agent/mesh';
import { poll, seededRandom, sleep } from '#base';
import { topologyPairs } from '#lab/links';
import { Simulator } from '#lab/simulator';

const quick = process.argv.includes('--quick');
const STREAM_BYTES = (quick ? 400 : 3_000) * 65_536;
const NODES = 50;
const BROADCASTS = quick ? 20 : 100;
const SIM_NODES = quick ? 1_000 : 10_000;
const SIM_FULL_MAP = 12;

class Peer {
  readonly #child: ChildProcess = fork(new URL('./mesh-peer.ts', import.meta.url), { stdio: 'inherit' });
  #next = 1;

  ask<T>(message: object): Promise<T> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const onMessage = (reply: { id: number; value?: unknown; error?: string }) => {
        if (reply.id !== id) return;
        this.#child.off('message', onMessage);
        if (reply.error === undefined) resolve(reply.value as T);
        else reject(new Error(reply.error));
      };
      this.#child.on('message', onMessage);
      this.#child.send({ ...message, id });
    });
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}

const mbPerSecond = (bytes: number, ms: number): number => Math.round((bytes / ms / 1_000) * 10) / 10;

async function withPeers<T>(count: number, act: (peers: Peer[]) => Promise<T>): Promise<T> {
  const peers = Array.from({ length: count }, () => new Peer());
  try {
    return await act(peers);
  } finally {
    for (const peer of peers) peer.close();
  }
}

const plainCopy = (tls: boolean) =>
  withPeers(2, async ([from, to]) => {
    const port = await to?.ask<number>({ ask: 'serve', tls });
    const started = performance.now();
    const got = await from?.ask<number>({ ask: 'copy', tls, port, bytes: STREAM_BYTES });
    if (got !== STREAM_BYTES) throw new Error(`${got} bytes came of ${STREAM_BYTES}`);
    return {
      what: tls ? 'plain TLS 1.3 copy' : 'plain TCP copy',
      mbPerSecond: mbPerSecond(got, performance.now() - started),
    };
  });

const stream = (hops: number) =>
  withPeers(hops + 1, async (peers) => {
    const nodes = await Promise.all(
      peers.map((peer) => peer.ask<{ id: string; port: number }>({ ask: 'node' })),
    );
    for (let at = 0; at < hops; at++) {
      await peers[at]?.ask({ ask: 'dial', port: nodes[at + 1]?.port, peer: nodes[at + 1]?.id });
    }
    await poll(
      async () => {
        const known = await Promise.all(peers.map((peer) => peer.ask<number>({ ask: 'nodes' })));
        return known.every((n) => n === hops + 1) || undefined;
      },
      { everyMs: 20, timeoutMs: 20_000, what: 'mesh ready' },
    );
    const started = performance.now();
    const got = await peers[0]?.ask<number>({ ask: 'pour', to: nodes[hops]?.id, bytes: STREAM_BYTES });
    const ms = performance.now() - started;
    if (got !== STREAM_BYTES) throw new Error(`${got} bytes came of ${STREAM_BYTES}`);
    const usage = await Promise.all(
      peers.map((peer) => peer.ask<{ cpuMs: number; rssBytes: number }>({ ask: 'usage' })),
    );
    const rssMb = usage.map(({ rssBytes }) => Math.round(rssBytes / 1e6));
    return { what: `stream, ${hops} hop${hops > 1 ? 's' : ''}`, mbPerSecond: mbPerSecond(got, ms), rssMb };
  });

async function broadcasts() {
  const nodes: { node: MeshNode; port: number }[] = [];
  try {
    for (let n = 0; n < NODES; n++) {
      const node = await createMeshNode({ identity: generateIdentity(), allow: () => true });
      nodes.push({ node, port: (await node.listen({ host: '127.0.0.1', port: 0 })).port });
    }
    const pairs = topologyPairs('random', NODES, seededRandom(1));
    const started = performance.now();
    for (const [a, b] of pairs) {
      const to = nodes[b];
      if (to) nodes[a]?.node.dial({ host: '127.0.0.1', port: to.port, peer: to.node.nodeId });
    }
    await poll(() => nodes.every(({ node }) => node.topology().nodes.length === NODES) || undefined, {
      everyMs: 10,
      timeoutMs: 60_000,
      what: 'mesh ready',
    });
    const readyMs = Math.round(performance.now() - started);
    const sentAt = new Map<number, number>();
    const delays: number[] = [];
    for (const { node } of nodes) {
      node.onMessage(({ body }) => delays.push(performance.now() - (sentAt.get(body as number) ?? 0)));
    }
    const cpu = process.cpuUsage();
    const expected = BROADCASTS * (NODES - 1);
    for (let n = 0; n < BROADCASTS; n++) {
      sentAt.set(n, performance.now());
      nodes[n % NODES]?.node.broadcast('hello', n);
      await sleep(50);
    }
    // Broadcasts are not repeated: on a machine so busy that links break, some are lost. They are counted.
    for (let quiet = delays.length, wait = 0; wait < 40 && delays.length < expected; wait++) {
      await sleep(50);
      if (delays.length !== quiet) wait = 0;
      quiet = delays.length;
    }
    const used = process.cpuUsage(cpu);
    delays.sort((a, b) => a - b);
    const at = (share: number) => Math.round((delays[Math.floor(delays.length * share)] ?? 0) * 10) / 10;
    return {
      nodes: NODES,
      processes: 1,
      links: pairs.length,
      readyMs,
      deliveries: delays.length,
      expected,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      cpuMsPerDelivery: Math.round((used.user + used.system) / delays.length) / 1_000,
    };
  } finally {
    await Promise.all(nodes.map(({ node }) => node.close()));
  }
}

function simulate() {
  const digests: string[] = [];
  let last = {};
  for (let repeat = 0; repeat < 2; repeat++) {
    const simulator = new Simulator({
      nodes: SIM_NODES,
      seed: 1,
      numbers: { fullMapNodes: SIM_FULL_MAP, scopeHops: 2 },
    });
    const started = performance.now();
    for (const [a, b] of topologyPairs('random', SIM_NODES, seededRandom(1))) simulator.linkUp(a, b);
    simulator.run(2_000);
    let reached = 0;
    simulator.onDelivery = () => {
      reached += 1;
    };
    simulator.broadcast(0, 'hello', new Uint8Array([1]));
    simulator.run(1_000);
    const ms = performance.now() - started;
    const { events, bytes, digest } = simulator.report();
    digests.push(digest);
    const rssMb = Math.round(process.memoryUsage.rss() / 1e6);
    last = { nodes: SIM_NODES, virtualMs: simulator.now, events, bytes, reached, ms: Math.round(ms), rssMb };
    last = { ...last, eventsPerSecond: Math.round((events / ms) * 1_000) };
  }
  return { ...last, fullMapNodes: SIM_FULL_MAP, sameDigestTwice: digests[0] === digests[1] };
}

const load = loadavg();
const broadcast = await broadcasts();
console.table([broadcast]);
const copies: object[] = [await plainCopy(false), await plainCopy(true)];
for (const hops of [1, 2, 3, 4]) copies.push(await stream(hops));
console.table(copies);
const simulator = simulate();
console.table([simulator]);
const machine = { cores: cpus().length, cpu: cpus()[0]?.model, node: process.version, loadBefore: load };
mkdirSync(new URL('./out/', import.meta.url), { recursive: true });
const out = { machine, streamBytes: STREAM_BYTES, broadcast, copies, simulator };
writeFileSync(new URL('./out/mesh.json', import.meta.url), `${JSON.stringify(out, null, 2)}\n`);
