// What this is made of: versions and licences.

import { licences, version } from 'virtual:licences';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Collapse from '@mui/material/Collapse';
import { useId, useState } from 'react';
import type { AppInfo, HostView } from '#schemas';
import { Facts, Panel } from '../../parts/Panel.tsx';

const chromium = (): string => /Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? 'not known';

export function AboutPanel({
  host,
  info,
  node,
}: {
  readonly host: HostView | undefined;
  readonly info: AppInfo | undefined;
  /** The Node that lab host, phones and agents run on. */
  readonly node: string | undefined;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <Panel title="About">
      <Facts
        rows={[
          ['Abhaya Lab', info ? `${version}, ${info.platform}` : version],
          ['Lab host', host?.version ?? '–'],
          ['Electron', info ? `${info.electron}, Chromium ${chromium()}` : '–'],
          ['Node of phones', node ?? '–'],
          ['Licence', 'Apache-2.0'],
        ]}
      />
      <Button sx={{ mt: 1 }} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {open ? 'Hide' : 'Show'} the {licences.length} libraries and their licences
      </Button>
      <Collapse in={open} id={id} unmountOnExit>
        <Box
          component="ul"
          sx={{
            m: 0,
            mt: 1,
            p: 0,
            listStyle: 'none',
            columnWidth: 260,
            fontSize: 12,
            color: 'text.secondary',
          }}
        >
          {licences.map(({ name, version, licence }) => (
            <Box component="li" key={name} sx={{ overflowWrap: 'anywhere' }}>
              {name} {version}: {licence}
            </Box>
          ))}
        </Box>
      </Collapse>
    </Panel>
  );
}
