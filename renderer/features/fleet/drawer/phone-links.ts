// One phone's links, and what the mesh measured of each. Pure.

import type { LinkView, MeshMap } from '#schemas';

export const linksOf = (links: Iterable<LinkView>, serial: string): readonly LinkView[] =>
  [...links]
    .filter(({ a, b }) => a === serial || b === serial)
    .sort((one, other) => otherEnd(one, serial).localeCompare(otherEnd(other, serial)));

const otherEnd = ({ a, b }: LinkView, serial: string): string => (a === serial ? b : a);

export interface Measured {
  readonly quality: number | undefined;
  readonly rttMs: number | undefined;
}

export const measuredOf = (map: MeshMap | undefined): ReadonlyMap<string, Measured> =>
  new Map(
    map?.edges.flatMap(({ link, quality, rttMs }) =>
      link ? [[link.linkId, { quality, rttMs }] as const] : [],
    ),
  );
