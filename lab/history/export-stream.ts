// An export as a stream of bytes, row by row: as much memory as a page of rows takes, whatever the history holds.

import { pipeline, Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { HistoryExportFormat, HistoryExportWhat } from '#schemas';
import { exportTables } from './export-tables.ts';
import type { HistoryReader } from './history.ts';
import type { ExportRow } from './queries.ts';

/** The first page is read before anything is returned: what is wrong then is an error, not half a file. */
export async function exportStream(
  history: Pick<HistoryReader, 'rows'>,
  what: HistoryExportWhat,
  format: HistoryExportFormat,
): Promise<Readable> {
  const pages = history.rows(what);
  const first = await pages.next();
  const rows = rowsOf(pages, first.done ? [] : first.value);
  if (format === 'json') return Readable.from(jsonParts(rows), { objectMode: false });
  // Spreadsheets run cells that begin like a formula; what a phone said must stay text.
  const csv = stringify({ header: true, columns: [...exportTables[what].columns], escape_formulas: true });
  return pipeline(Readable.from(rows), csv, () => undefined) as unknown as Readable;
}

async function* rowsOf(pages: AsyncGenerator<ExportRow[]>, first: ExportRow[]): AsyncGenerator<ExportRow> {
  yield* first;
  for await (const page of pages) yield* page;
}

async function* jsonParts(rows: AsyncGenerator<ExportRow>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const { view, ...row } of rows) {
    const task = typeof view === 'string' ? `,"task":${view}` : '';
    yield `${separator}${JSON.stringify(row).slice(0, -1)}${task}}`;
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}
