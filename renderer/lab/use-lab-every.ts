// A part of the lab for lists that many events change: looked at now and then, so that a page is not drawn with each.

import { useEffect, useState } from 'react';
import { type LabData, useLab } from './lab-store.ts';

/** `select` must stay the same function. The last change always comes, at most `everyMs` late. */
export function useLabEvery<T>(select: (data: LabData) => T, everyMs: number): T {
  const [value, setValue] = useState(() => select(useLab.getState()));
  useEffect(() => {
    let timer: number | undefined;
    let lookedAt = 0;
    const look = () => {
      timer = undefined;
      lookedAt = performance.now();
      const next = select(useLab.getState());
      setValue(() => next);
    };
    look();
    const off = useLab.subscribe(() => {
      timer ??= window.setTimeout(look, Math.max(0, lookedAt + everyMs - performance.now()));
    });
    return () => {
      off();
      window.clearTimeout(timer);
    };
  }, [select, everyMs]);
  return value;
}

export const tasksOf = (data: LabData): LabData['tasks'] => data.tasks;
