// What of the page stands in its address: the chosen node, link or task, a way between two nodes, the simulation.

import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';

const names = ['node', 'link', 'task', 'to', 'sim'] as const;
export type MeshAddress = { readonly [K in (typeof names)[number]]?: string };

export function useMeshAddress(): [MeshAddress, (address: MeshAddress) => void] {
  const [search, setSearch] = useSearchParams();
  const address = useMemo((): MeshAddress => {
    const found = names.flatMap((name) => {
      const value = search.get(name);
      return value ? [[name, value] as const] : [];
    });
    return Object.fromEntries(found);
  }, [search]);
  const go = useCallback(
    (next: MeshAddress) => setSearch({ ...next } as Record<string, string>, { replace: true }),
    [setSearch],
  );
  return [address, go];
}
