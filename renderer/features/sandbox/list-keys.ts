// A long list is one stop of the Tab key: arrows, Home, End and pages move within it. Pure.

const PAGE = 6;

/** Where a key leads from there; undefined: it leads nowhere. */
export function nextAt(key: string, at: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ...{ ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + PAGE, PageUp: at - PAGE },
    ...{ Home: 0, End: count - 1 },
  };
  const to = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return to === undefined ? undefined : Math.min(count - 1, Math.max(0, to));
}
