// The history in words, and the calls that export it. Pure.

import type { AppVerbs, HistoryStatus } from '#schemas';
import { count } from '../../parts/format.ts';

export const exportWhats = [
  { what: 'tasks', label: 'Tasks' },
  { what: 'measurements', label: 'Measurements' },
  { what: 'events', label: 'Events' },
] as const;

export const exportOf = (what: string, format: 'csv' | 'json'): AppVerbs['exports.save']['params'] => ({
  path: `/history/export?what=${what}&format=${format}`,
  suggestedName: `abhaya-${what}.${format}`,
});

export const rowsOf = ({ rows }: Pick<HistoryStatus, 'rows'>): string =>
  [
    count(rows.tasks, 'task'),
    count(rows.measurements, 'measurement'),
    count(rows.events, 'event'),
    count(rows.runs, 'run'),
  ].join(', ');

/** What this run could not write; undefined when it wrote everything. */
export function lostOf({ dropped }: Pick<HistoryStatus, 'dropped'>): string | undefined {
  const lost = dropped.tasks + dropped.events + dropped.samples;
  return lost === 0 ? undefined : `${count(lost, 'record')}: the disk was too slow, too full or broken`;
}
