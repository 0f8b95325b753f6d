// The adb servers that the lab host looks at: its own for virtual phones, the user's for real ones.

import Typography from '@mui/material/Typography';
import type { DoctorCheck, HostView } from '#schemas';
import { Facts, Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';

export function AdbPanel({
  host,
  yours,
}: {
  readonly host: HostView | undefined;
  readonly yours: DoctorCheck | undefined;
}) {
  const there = yours?.found.startsWith('answers') === true;
  return (
    <Panel title="adb servers">
      <Facts
        rows={[
          ['Virtual phones', host ? `the lab host’s own, port ${host.adbPort}` : '–'],
          [
            'Real phones',
            yours ? (
              <>
                <StateChip
                  tone={yours.ok ? (there ? 'ok' : 'off') : 'bad'}
                  label={yours.ok ? (there ? 'Reachable' : 'None runs') : 'Broken'}
                />{' '}
                {yours.found}
              </>
            ) : (
              '–'
            ),
          ],
        ]}
      />
      <Typography sx={{ fontSize: 12, color: 'text.secondary', mt: 1 }}>
        Your own server is looked at, never started or ended. Another port: ANDROID_ADB_SERVER_PORT.
      </Typography>
    </Panel>
  );
}
