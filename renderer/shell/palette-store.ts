// The command palette: open or not, and the actions that pages add while they are shown.

import { create } from 'zustand';

export interface Action {
  readonly id: string;
  readonly label: string;
  /** Where it stands in the list: "Fleet", "Go to", ... */
  readonly group: string;
  readonly keys?: string;
  run(): void;
}

interface PaletteData {
  readonly open: boolean;
  readonly actions: ReadonlyMap<string, readonly Action[]>;
}

export const usePalette = create<PaletteData>(() => ({ open: false, actions: new Map() }));

export const openPalette = (): void => usePalette.setState({ open: true });
export const closePalette = (): void => usePalette.setState({ open: false });

/** Adds the actions of a page; returns the function that takes them away. */
export function offerActions(owner: string, actions: readonly Action[]): () => void {
  usePalette.setState((data) => ({ actions: new Map(data.actions).set(owner, actions) }));
  return () =>
    usePalette.setState((data) => {
      const rest = new Map(data.actions);
      rest.delete(owner);
      return { actions: rest };
    });
}
