// What every attached phone has in its library, as last told: which services changed when a phone came, told or left.

import type { AgentEvents, LibraryItem, ServiceView } from '#schemas';

export interface Shelves {
  /** A phone's whole library. */
  put(serial: string, items: readonly LibraryItem[]): void;
  change(serial: string, change: AgentEvents['services.changed']): void;
  /** The phone is out of sight. */
  take(serial: string): void;
}

/** Tells each service that changed, with the phones that have it now: none when the last one is gone. */
export function createShelves(onChange: (service: ServiceView) => void): Shelves {
  const shelves = new Map<string, Map<string, LibraryItem>>();

  function tell(item: LibraryItem): void {
    const perPhone = [...shelves]
      .sort(([a], [b]) => a.localeCompare(b))
      .flatMap(([serial, shelf]) => {
        const here = shelf.get(item.manifestSha256);
        return here ? [{ serial, items: [here] }] : [];
      });
    onChange(mergeLibraries(perPhone)[0] ?? { ...withoutVerdict(item), phones: [] });
  }

  function add(serial: string, item: LibraryItem): void {
    const shelf = shelves.get(serial) ?? new Map<string, LibraryItem>();
    shelves.set(serial, shelf);
    const before = shelf.get(item.manifestSha256);
    shelf.set(item.manifestSha256, item);
    if (JSON.stringify(before) !== JSON.stringify(item)) tell(item);
  }

  function remove(serial: string, manifestSha256: string): void {
    const shelf = shelves.get(serial);
    const item = shelf?.get(manifestSha256);
    if (!shelf?.delete(manifestSha256) || !item) return;
    tell(item);
  }

  return {
    put(serial, items) {
      const names = new Set(items.map(({ manifestSha256 }) => manifestSha256));
      for (const name of [...(shelves.get(serial)?.keys() ?? [])]) if (!names.has(name)) remove(serial, name);
      for (const item of items) add(serial, item);
    },
    change: (serial, change) =>
      'added' in change ? add(serial, change.added) : remove(serial, change.removed),
    take(serial) {
      const shelf = shelves.get(serial);
      shelves.delete(serial);
      for (const item of shelf?.values() ?? []) tell(item);
    },
  };
}

/** Libraries of several phones as one list of services. */
export function mergeLibraries(
  perPhone: readonly { serial: string; items: readonly LibraryItem[] }[],
): ServiceView[] {
  const services = new Map<string, ServiceView>();
  for (const { serial, items } of perPhone) {
    for (const item of items) {
      const { manifestSha256, verdict, reasons } = item;
      const service = services.get(manifestSha256) ?? { ...withoutVerdict(item), phones: [] };
      service.phones.push({ serial, verdict, reasons });
      services.set(manifestSha256, service);
    }
  }
  return [...services.values()].sort((a, b) => a.packageId.localeCompare(b.packageId));
}

/** The verdict is each phone's own. */
function withoutVerdict({
  verdict: _verdict,
  reasons: _reasons,
  packageSha256: _hash,
  ...service
}: LibraryItem) {
  return service;
}
