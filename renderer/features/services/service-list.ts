// Which services are shown: search, filters, order. Pure.

import type { PhoneVerdict, ServiceView } from '#schemas';

export type ServiceFilter = 'all' | 'runnable' | 'image' | 'untrusted';

export const serviceFilters: readonly { readonly id: ServiceFilter; readonly label: string }[] = [
  { id: 'all', label: 'All' },
  { id: 'runnable', label: 'Runs somewhere' },
  { id: 'image', label: 'Takes a picture' },
  { id: 'untrusted', label: 'Not trusted' },
];

/** At least one phone may run it, whether it holds it or would have to fetch it. */
export const isRunnable = (
  { phones }: Pick<ServiceView, 'phones'>,
  others: readonly PhoneVerdict[] = [],
): boolean => [...phones, ...others].some(({ verdict }) => verdict !== 'reject');

export const takesImage = ({ about }: Pick<ServiceView, 'about'>): boolean =>
  about !== undefined && imageInput(about.inputs) !== undefined;

/** The input that a dropped picture goes to. */
export const imageInput = <I extends { readonly name: string; readonly mediaType: string }>(
  inputs: readonly I[],
): I | undefined => inputs.find(({ mediaType }) => mediaType.startsWith('image/'));

/** Every word must stand somewhere in what the card shows. */
export function shownServices(
  services: readonly ServiceView[],
  search: string,
  filter: ServiceFilter,
  others: ReadonlyMap<string, readonly PhoneVerdict[]> = new Map(),
): ServiceView[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return services.filter((service) => {
    if (filter === 'runnable' && !isRunnable(service, others.get(service.manifestSha256))) return false;
    if (filter === 'image' && !takesImage(service)) return false;
    if (filter === 'untrusted' && service.trusted !== false) return false;
    const text = searchText(service);
    return words.every((word) => text.includes(word));
  });
}

const searchText = ({ serviceName, packageId, version, author, description, about }: ServiceView): string =>
  [
    serviceName,
    packageId,
    version,
    author,
    description,
    about?.serviceType ?? '',
    about?.language ?? '',
    ...(about?.capabilities ?? []),
    ...(about?.runtimes ?? []),
  ]
    .join(' ')
    .toLowerCase();

/** `abcdefgh…xyz.onion`: enough to tell authors apart. */
export function shortOnion(address: string): string {
  const name = address.replace(/\.onion$/, '');
  return name.length > 16 ? `${name.slice(0, 8)}…${name.slice(-4)}.onion` : address;
}
