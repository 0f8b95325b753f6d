// Rows of the fleet's table: a phone with what is counted or put in words about it. Pure.

import type { LinkView, PhoneView, PowerView } from '#schemas';
import { type Participation, participationOf } from './participation.ts';

export interface PhoneRow {
  readonly serial: string;
  readonly phone: PhoneView;
  readonly linksUp: number;
  readonly links: number;
  readonly participation: Participation;
  readonly power: PowerView | undefined;
}

interface Links {
  up: number;
  all: number;
}

export function countLinks(links: Iterable<LinkView>): ReadonlyMap<string, Readonly<Links>> {
  const counts = new Map<string, Links>();
  for (const { a, b, state } of links) {
    for (const serial of [a, b]) {
      const count = counts.get(serial) ?? { up: 0, all: 0 };
      count.all += 1;
      if (state === 'up') count.up += 1;
      counts.set(serial, count);
    }
  }
  return counts;
}

const noLinks: Readonly<Links> = { up: 0, all: 0 };

/** A row that says the same stays the same object, and isn't drawn again. */
export function rowMaker(): (
  phones: Iterable<PhoneView>,
  links: Iterable<LinkView>,
  powers?: ReadonlyMap<string, PowerView>,
) => readonly PhoneRow[] {
  let made = new Map<string, PhoneRow>();
  return (phones, links, powers) => {
    const counts = countLinks(links);
    const next = new Map<string, PhoneRow>();
    for (const phone of phones) {
      const { serial } = phone;
      const { up, all } = counts.get(serial) ?? noLinks;
      const power = powers?.get(serial);
      const before = made.get(serial);
      const same =
        before?.phone === phone && before.power === power && before.linksUp === up && before.links === all;
      const participation = same ? before.participation : participationOf(phone, power);
      next.set(serial, same ? before : { serial, phone, linksUp: up, links: all, power, participation });
    }
    made = next;
    return [...next.values()];
  };
}

/** The agent's own part of the bundle's hash, short: enough to tell two apart. */
export const agentShort = (phone: PhoneView): string | undefined =>
  phone.agent?.bundleHash.split('-').at(-1)?.slice(0, 8);
