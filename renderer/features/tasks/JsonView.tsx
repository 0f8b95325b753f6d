// A JSON value to read: tables for lists of alike objects, a tree with branches to open for everything else.

import { mdiChevronDown, mdiChevronRight } from '@mdi/js';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { branchesOf, isBranch, type JsonTable, leafText, sizeWord, tableOf } from './json-rows.ts';

const MOST_ROWS = 200;
const OPEN_DEPTH = 2;

export function JsonView({ value }: { readonly value: unknown }) {
  return (
    <Box
      sx={{ fontSize: 12.5, maxHeight: 360, overflow: 'auto' }}
      tabIndex={0}
      role="group"
      aria-label="JSON value"
    >
      {isBranch(value) ? <Branch value={value} depth={0} /> : <Leaf value={value} />}
    </Box>
  );
}

function Branch({ value, depth }: { readonly value: unknown; readonly depth: number }) {
  const table = tableOf(value);
  if (table) return <Table table={table} />;
  const branches = branchesOf(value);
  return (
    <Box sx={{ pl: depth === 0 ? 0 : 2 }}>
      {branches.slice(0, MOST_ROWS).map(([name, item]) => (
        <Row key={name} name={name} value={item} depth={depth} />
      ))}
      <More count={branches.length} />
    </Box>
  );
}

function Row({
  name,
  value,
  depth,
}: {
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}) {
  const [open, setOpen] = useState(depth < OPEN_DEPTH);
  if (!isBranch(value))
    return (
      <Box sx={{ display: 'flex', gap: 1, py: 0.25, pl: 2.5 }}>
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {name}
        </Box>
        <Leaf value={value} />
      </Box>
    );
  return (
    <>
      <ButtonBase
        onClick={() => setOpen(!open)}
        aria-expanded={open}
        focusRipple
        sx={{ font: 'inherit', fontSize: 12.5, gap: 0.5, py: 0.25, borderRadius: 1 }}
      >
        <Icon path={open ? mdiChevronDown : mdiChevronRight} sx={{ fontSize: 16 }} />
        <span>{name}</span>
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {sizeWord(value)}
        </Box>
      </ButtonBase>
      {open && <Branch value={value} depth={depth + 1} />}
    </>
  );
}

function Leaf({ value }: { readonly value: unknown }) {
  return (
    <Box component="span" sx={{ fontWeight: 550, overflowWrap: 'anywhere' }}>
      {leafText(value)}
    </Box>
  );
}

function Table({ table }: { readonly table: JsonTable }) {
  return (
    <>
      <Box
        component="table"
        sx={{
          borderCollapse: 'collapse',
          ml: 2.5,
          my: 0.5,
          '& th, & td': { textAlign: 'left', px: 1, py: 0.25, borderBottom: 1, borderColor: 'divider' },
          '& th': { color: 'text.secondary', fontWeight: 500 },
        }}
      >
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.slice(0, MOST_ROWS).map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a finished value have no other name
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={table.columns[column]}>{leafText(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </Box>
      <More count={table.rows.length} />
    </>
  );
}

function More({ count }: { readonly count: number }) {
  return count > MOST_ROWS ? (
    <Typography sx={{ fontSize: 12, color: 'text.secondary', pl: 2.5 }}>
      {(count - MOST_ROWS).toLocaleString()} more: save the file to see all.
    </Typography>
  ) : null;
}
