// Testers: real mesh nodes on loopback, in chains or pairs, that tell what happened to them.

import { createHash } from 'node:crypto';
import { identityFromSeed, type NodeIdentity } from '#agent/identity';
import { AbhayaError, poll, seededRandom } from '#base';
import {
  createMeshNode,
  type Listener,
  type MeshNode,
  type MeshNodeOptions,
  type MeshStream,
} from './index.ts';

export const identityOf = (seed: number): NodeIdentity => identityFromSeed(seededRandom(seed + 1).bytes(32));

export interface TestNode {
  readonly node: MeshNode;
  readonly id: string;
  readonly port: number;
  readonly listener: Listener;
}

export async function startNode(seed: number, options: Partial<MeshNodeOptions> = {}): Promise<TestNode> {
  const identity = identityOf(seed);
  const node = await createMeshNode({ identity, allow: () => true, ...options });
  const listener = await node.listen({ host: '127.0.0.1', port: 0 });
  return { node, id: identity.nodeId, port: listener.port, listener };
}

export class MeshNet {
  readonly nodes: TestNode[] = [];

  static async start(
    count: number,
    edges: readonly (readonly [number, number])[],
    seed = 0,
  ): Promise<MeshNet> {
    const net = new MeshNet();
    for (let i = 0; i < count; i++) net.nodes.push(await startNode(seed + i));
    for (const [a, b] of edges) net.link(a, b);
    return net;
  }

  static chain(count: number, seed = 0): Promise<MeshNet> {
    return MeshNet.start(
      count,
      Array.from({ length: count - 1 }, (_, i) => [i, i + 1] as const),
      seed,
    );
  }

  at(index: number): TestNode {
    const node = this.nodes[index];
    if (!node) throw new Error(`no node ${index}`);
    return node;
  }

  link(a: number, b: number) {
    return this.at(a).node.dial({ host: '127.0.0.1', port: this.at(b).port, peer: this.at(b).id });
  }

  /** Every node routes to every other. */
  async ready(timeoutMs = 30_000): Promise<void> {
    await poll(
      () => this.nodes.every(({ node }) => node.topology().nodes.length === this.nodes.length) || undefined,
      { everyMs: 10, timeoutMs, what: 'mesh ready' },
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map(({ node }) => node.close()));
  }
}

/** Writes `total` bytes of a pattern that differs everywhere; returns their hash. */
export async function pour(stream: MeshStream, total: number, seed = 1): Promise<string> {
  const hash = createHash('sha256');
  const block = Buffer.from(seededRandom(seed).bytes(65_536));
  for (let sent = 0; sent < total; ) {
    const chunk = Buffer.from(block.subarray(0, Math.min(block.length, total - sent)));
    if (chunk.length >= 8) chunk.writeDoubleBE(sent, 0);
    hash.update(chunk);
    await stream.write(chunk);
    sent += chunk.length;
  }
  await stream.end();
  return hash.digest('hex');
}

export async function drain(stream: MeshStream): Promise<{ bytes: number; hash: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream.readable) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, hash: hash.digest('hex') };
}

export const nextStream = (node: MeshNode): Promise<MeshStream> =>
  new Promise((resolve) => {
    const stop = node.onStream((stream) => {
      stop();
      resolve(stream);
    });
  });

export const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AbhayaError ? error.code : `bug: ${String(error)}`),
  );

/** Sockets and servers of this process that are open; timers aside, which unref'd pools of Node also have. */
export const openHandles = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Pipe/.test(name));

/** Throws when sockets stay open beyond those of `before`: closing is asynchronous. */
export async function expectNoLeaks(before: readonly string[]): Promise<void> {
  await poll(() => openHandles().length <= before.length || undefined, {
    everyMs: 20,
    timeoutMs: 20_000,
    what: `closing of all sockets (open: ${openHandles().join(' ')}, before: ${before.join(' ')})`,
  });
}
