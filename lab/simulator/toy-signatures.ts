// Stand-ins for Ed25519 in simulations: as many bytes, quick, the same on every run, and forgeable by design.
// They catch changed bytes, which is what the protocol's rules are tested with; never used outside the simulator.

export interface ToySigner {
  readonly nodeId: string;
  sign(message: Uint8Array): Uint8Array;
}

function mix(seed: number, bytes: Uint8Array): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Evenly spread over the id space, unlike real keys in no other way that matters. */
export function toyNodeId(index: number): string {
  let id = '';
  for (let word = 0; word < 8; word++) {
    id += mix(index * 8 + word + 1, new Uint8Array([word, index & 255, index >> 8]))
      .toString(16)
      .padStart(8, '0');
  }
  return id;
}

const hashOf = (id: string, message: Uint8Array): number => mix(Number.parseInt(id.slice(0, 8), 16), message);

function toySignature(id: string, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(64);
  new DataView(out.buffer).setUint32(0, hashOf(id, message));
  return out;
}

export const toySigner = (index: number): ToySigner => {
  const nodeId = toyNodeId(index);
  return { nodeId, sign: (message) => toySignature(nodeId, message) };
};

export const toyVerify = (id: string, message: Uint8Array, signature: Uint8Array): boolean =>
  new DataView(signature.buffer, signature.byteOffset).getUint32(0) === hashOf(id, message);
