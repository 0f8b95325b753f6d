// Which phones a table's selection names. Pure.

import type { GridRowSelectionModel } from '@mui/x-data-grid';
import type { PhoneRow } from './phone-rows.ts';

export const noneChosen: GridRowSelectionModel = { type: 'include', ids: new Set() };

/** Only phones that are shown, in order: what a filter hides is not acted on. */
export const chosenRows = (rows: readonly PhoneRow[], { type, ids }: GridRowSelectionModel) =>
  rows
    .filter(({ serial }) => ids.has(serial) === (type === 'include'))
    .sort((a, b) => a.serial.localeCompare(b.serial, undefined, { numeric: true }));
