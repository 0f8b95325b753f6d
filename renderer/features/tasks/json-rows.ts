// How a JSON value is shown: as a table where it is a list of alike objects, else as rows of a tree. Pure.

export interface JsonTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

const MOST_COLUMNS = 8;

/** A list of at least two objects with the same few fields, whose values are no lists or objects. */
export function tableOf(value: unknown): JsonTable | undefined {
  if (!Array.isArray(value) || value.length < 2) return undefined;
  const [first] = value as unknown[];
  if (!isObject(first)) return undefined;
  const columns = Object.keys(first);
  if (columns.length === 0 || columns.length > MOST_COLUMNS) return undefined;
  const rows: unknown[][] = [];
  for (const item of value as unknown[]) {
    if (!isObject(item) || Object.keys(item).length !== columns.length) return undefined;
    const row = columns.map((column) => item[column]);
    if (!columns.every((column) => Object.hasOwn(item, column)) || row.some(isBranch)) return undefined;
    rows.push(row);
  }
  return { columns, rows };
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isBranch = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Names and values one level down. */
export const branchesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  Array.isArray(value)
    ? (value as unknown[]).map((item, at) => [String(at), item] as const)
    : isObject(value)
      ? Object.entries(value)
      : [];

/** `{ 3 }`, `[ 20 ]`: how much is inside. */
export const sizeWord = (value: unknown): string =>
  Array.isArray(value) ? `[ ${value.length} ]` : `{ ${branchesOf(value).length} }`;

export const leafText = (value: unknown): string =>
  typeof value === 'number'
    ? value.toLocaleString(undefined, { maximumFractionDigits: 6 })
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
