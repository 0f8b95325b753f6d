// A small table: it scrolls sideways by itself where there is no room, and can be scrolled by keys.

import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { ReactNode } from 'react';

export interface PlainRow {
  readonly key: string;
  readonly cells: readonly ReactNode[];
}

/** What a row is about stays in sight when the rest is scrolled. */
const named = { position: 'sticky', left: 0, zIndex: 1, bgcolor: 'background.paper' } as const;

export function PlainTable({
  label,
  head,
  rows,
  numbersFrom,
}: {
  readonly label: string;
  readonly head: readonly string[];
  readonly rows: readonly PlainRow[];
  /** The first column of figures, which stand to the right. */
  readonly numbersFrom?: number;
}) {
  const align = (at: number) => (numbersFrom !== undefined && at >= numbersFrom ? 'right' : 'left');
  return (
    // A region that scrolls has to be reached by keys.
    <Box sx={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={label}>
      <Table
        size="small"
        aria-label={label}
        sx={{ '& td, & th': { px: 1, fontSize: 12.5, verticalAlign: 'top' } }}
      >
        <TableHead>
          <TableRow>
            {head.map((name, at) => (
              <TableCell
                key={name}
                align={align(at)}
                sx={{ color: 'text.secondary', whiteSpace: 'nowrap', ...(at === 0 ? named : {}) }}
              >
                {name}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map(({ key, cells }) => (
            <TableRow key={key}>
              {cells.map((cell, at) => (
                <TableCell
                  key={head[at]}
                  align={align(at)}
                  {...(at === 0 ? { component: 'th', scope: 'row' } : {})}
                  sx={at === 0 ? named : align(at) === 'right' ? { whiteSpace: 'nowrap' } : {}}
                >
                  {cell}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
