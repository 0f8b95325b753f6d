// Manifests of services, asked for once and kept: a manifest of one hash never changes.

import { useEffect } from 'react';
import { create } from 'zustand';
import { type ErrorShape, toErrorShape } from '#base';
import type { ServiceDetail } from '#schemas';
import { get } from '../api/client.ts';

export type DetailState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'there'; readonly detail: ServiceDetail }
  | { readonly phase: 'failed'; readonly error: ErrorShape };

interface DetailsData {
  readonly details: ReadonlyMap<string, DetailState>;
}

const useDetails = create<DetailsData>(() => ({ details: new Map() }));
const loading: DetailState = { phase: 'loading' };
const MOST = 500;

function note(manifestSha256: string, state: DetailState): void {
  useDetails.setState(({ details }) => {
    const next = new Map(details).set(manifestSha256, state);
    for (const key of next.keys()) {
      if (next.size <= MOST) break;
      next.delete(key);
    }
    return { details: next };
  });
}

/** Asks the lab host unless it is known; a failure is asked again the next time. */
export function useServiceDetail(manifestSha256: string | undefined): DetailState | undefined {
  const state = useDetails(({ details }) =>
    manifestSha256 === undefined ? undefined : details.get(manifestSha256),
  );
  useEffect(() => {
    if (manifestSha256 === undefined) return;
    const known = useDetails.getState().details.get(manifestSha256);
    if (known && known.phase !== 'failed') return;
    note(manifestSha256, loading);
    get('service', `/services/${manifestSha256}`).then(
      (detail) => note(manifestSha256, { phase: 'there', detail }),
      (error: unknown) => note(manifestSha256, { phase: 'failed', error: toErrorShape(error) }),
    );
  }, [manifestSha256]);
  return manifestSha256 === undefined ? undefined : (state ?? loading);
}
