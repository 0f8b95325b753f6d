// The mesh that every peer draws: nodes scattered over a field, each linked to its nearest. The same for the same size.

import { seededRandom } from '#base';

export interface SampleMesh {
  readonly nodes: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  readonly links: readonly { readonly id: string; readonly a: string; readonly b: string }[];
}

const SPACING = 60;
const LINKS_EACH = 2;

export function sampleMesh(count: number): SampleMesh {
  const random = seededRandom(count);
  const side = SPACING * Math.sqrt(count);
  const nodes = Array.from({ length: count }, (_, at) => ({
    id: `S${String(at + 1).padStart(4, '0')}`,
    x: Math.round(random.float() * side * 1.6),
    y: Math.round(random.float() * side),
  }));
  const links = new Map<string, { id: string; a: string; b: string }>();
  for (const node of nodes) {
    const nearest = nodes
      .filter((other) => other !== node)
      .map((other) => ({ other, far: Math.hypot(other.x - node.x, other.y - node.y) }))
      .sort((one, two) => one.far - two.far)
      .slice(0, LINKS_EACH);
    for (const { other } of nearest) {
      const [a, b] = node.id < other.id ? [node.id, other.id] : [other.id, node.id];
      links.set(`${a} – ${b}`, { id: `${a} – ${b}`, a, b });
    }
  }
  return { nodes, links: [...links.values()] };
}
