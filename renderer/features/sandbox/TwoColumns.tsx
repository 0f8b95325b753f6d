// What is asked for on the left, what came of it on the right; below each other where there is no room, and then what
// came is brought into sight when it is new.

import Box from '@mui/material/Box';
import { type ReactNode, useEffect, useRef } from 'react';

export function TwoColumns({
  left,
  right,
  fresh,
}: {
  readonly left: ReactNode;
  readonly right: ReactNode;
  /** Another one means that the right side shows something new that was asked for. */
  readonly fresh?: string | undefined;
}) {
  const results = useRef<HTMLDivElement>(null);
  const last = useRef(fresh);
  useEffect(() => {
    if (last.current === fresh) return;
    const first = last.current === undefined;
    last.current = fresh;
    if (!first) results.current?.scrollIntoView({ block: 'nearest' });
  }, [fresh]);
  const column = { display: 'flex', flexDirection: 'column', gap: 2, minWidth: 0 } as const;
  return (
    <Box
      sx={{
        ...{ display: 'grid', gap: 2, alignItems: 'start' },
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: '340px minmax(0, 1fr)' },
      }}
    >
      <Box sx={column}>{left}</Box>
      <Box ref={results} sx={column}>
        {right}
      </Box>
    </Box>
  );
}
