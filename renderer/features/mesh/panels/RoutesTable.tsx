// The routes of a node: for each target the next hop, how far, how good. Choosing one shows its way.

import ButtonBase from '@mui/material/ButtonBase';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { RouteView } from '#schemas';
import { quality, roundTrip } from '../mesh-words.ts';

/** A phone in a very large mesh knows thousands: the nearest are what one looks for. */
const MOST = 200;

export function RoutesTable({
  routes,
  to,
  onTrace,
}: {
  readonly routes: readonly RouteView[] | undefined;
  readonly to: string | undefined;
  readonly onTrace: (to: string) => void;
}) {
  const sorted = [...(routes ?? [])].sort((a, b) => a.hops - b.hops || a.to.localeCompare(b.to));
  return (
    <section aria-label="Routes">
      <Typography variant="h3">Routes</Typography>
      {routes === undefined ? (
        <Typography color="text.secondary">Not in the mesh now: no routes to show.</Typography>
      ) : (
        <Table
          size="small"
          aria-label="Routes of this node"
          sx={{ '& td, & th': { px: 0.5, fontSize: 12, whiteSpace: 'nowrap' } }}
        >
          <TableHead>
            <TableRow>
              <TableCell>To</TableCell>
              <TableCell>Next hop</TableCell>
              <TableCell align="right">Hops</TableCell>
              <TableCell align="right">RTT</TableCell>
              <TableCell align="right">Quality</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {sorted.slice(0, MOST).map((route) => (
              <TableRow key={route.to} hover selected={route.to === to}>
                <TableCell sx={{ maxWidth: 100 }}>
                  <ButtonBase
                    onClick={() => onTrace(route.to)}
                    aria-label={`Show the way to ${route.to}`}
                    sx={{
                      font: 'inherit',
                      color: 'primary.main',
                      maxWidth: '100%',
                      overflow: 'hidden',
                      '&:focus-visible': { outline: 2, outlineColor: 'primary.main' },
                    }}
                  >
                    {route.to}
                  </ButtonBase>
                </TableCell>
                <TableCell sx={{ maxWidth: 100, overflow: 'hidden', textOverflow: 'ellipsis' }}>
                  {route.nextHop === route.to ? 'direct' : route.nextHop}
                </TableCell>
                <TableCell align="right">{route.hops}</TableCell>
                <TableCell align="right">{roundTrip(route.rttMs)}</TableCell>
                <TableCell align="right">{quality(route.quality)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {sorted.length > MOST && (
        <Typography color="text.secondary" sx={{ fontSize: 12, mt: 1 }}>
          And {(sorted.length - MOST).toLocaleString()} further away.
        </Typography>
      )}
    </section>
  );
}
