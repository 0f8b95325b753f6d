// What phones that don't hold a service would say of it: asked when the page opens, and again when the fleet or the
// library has come to rest after a change.

import { useEffect, useState } from 'react';
import type { PhoneVerdict, ServiceView } from '#schemas';
import { get } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';

export type OtherVerdicts = ReadonlyMap<string, readonly PhoneVerdict[]>;

const none: OtherVerdicts = new Map();
/** Phones that start come one after the other: every question goes to all of them. */
const REST_MS = 1_500;

export function useOtherVerdicts(services: readonly ServiceView[]): OtherVerdicts {
  const [verdicts, setVerdicts] = useState(none);
  const fleet = useLab(({ phones }) =>
    [...phones.values()]
      .filter(({ state }) => state === 'running')
      .map(({ serial, sandbox }) => `${serial} ${sandbox?.runtimes.join(' ') ?? ''}`)
      .join(','),
  );
  const library = services
    .map(({ manifestSha256, phones }) => `${manifestSha256} ${phones.map(({ serial }) => serial).join(' ')}`)
    .join(',');

  // biome-ignore lint/correctness/useExhaustiveDependencies: the two texts say all that matters of fleet and services
  useEffect(() => {
    if (fleet === '' || services.length === 0) return undefined;
    const stop = new AbortController();
    async function ask(): Promise<void> {
      const found = new Map<string, readonly PhoneVerdict[]>();
      for (const { manifestSha256 } of services) {
        const detail = await get('service', `/services/${manifestSha256}`, { signal: stop.signal }).catch(
          () => undefined,
        );
        if (stop.signal.aborted) return;
        if (detail) found.set(manifestSha256, detail.others);
      }
      setVerdicts(found);
    }
    const timer = window.setTimeout(() => void ask(), verdicts === none ? 300 : REST_MS);
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [fleet, library]);
  return verdicts;
}
