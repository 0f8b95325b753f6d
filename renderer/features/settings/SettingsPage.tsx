// Settings: this window, its lab host, what is kept, and the doctor.

import Box from '@mui/material/Box';
import { type ReactNode, useEffect, useState } from 'react';
import type { AppInfo, HostView } from '#schemas';
import { call } from '../../api/bridge.ts';
import { get } from '../../api/client.ts';
import { useConnection } from '../../lab/use-connection.ts';
import { AboutPanel } from './AboutPanel.tsx';
import { AdbPanel } from './AdbPanel.tsx';
import { AppPanel } from './AppPanel.tsx';
import { DoctorPanel } from './DoctorPanel.tsx';
import { nodeCheck, userAdbCheck } from './doctor-model.ts';
import { HistoryPanel } from './HistoryPanel.tsx';
import { LabHostPanel } from './LabHostPanel.tsx';
import { LabHosts } from './LabHosts.tsx';
import { useDoctor } from './use-doctor.ts';

export function SettingsPage() {
  const connected = useConnection() >= 0;
  const info = useAppInfo();
  const host = useHost();
  const doctor = useDoctor();
  const checks = doctor.checks ?? [];
  return (
    <Box
      sx={{
        ...{ p: 2.5, display: 'grid', gap: 2, alignItems: 'start' },
        ...{ maxWidth: 1800, gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'repeat(2, minmax(0, 1fr))' } },
      }}
    >
      <Column>
        <AppPanel />
        <LabHostPanel host={host} info={info} />
        <LabHosts />
        <AdbPanel host={host} yours={userAdbCheck(checks)} />
        <HistoryPanel />
      </Column>
      <Column>
        <DoctorPanel doctor={doctor} connected={connected} />
        <AboutPanel host={host} info={info} node={nodeCheck(checks)?.found.split(' ')[0]} />
      </Column>
    </Box>
  );
}

function Column({ children }: { readonly children: ReactNode }) {
  return <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2, minWidth: 0 }}>{children}</Box>;
}

function useAppInfo(): AppInfo | undefined {
  const [info, setInfo] = useState<AppInfo>();
  useEffect(() => {
    void call('app.info', {}).then(setInfo, () => undefined);
  }, []);
  return info;
}

/** Of this connection; undefined while there is none. */
function useHost(): HostView | undefined {
  const connection = useConnection();
  const [host, setHost] = useState<HostView>();
  useEffect(() => {
    setHost(undefined);
    if (connection < 0) return undefined;
    const stop = new AbortController();
    void get('host', '/host', { signal: stop.signal }).then(setHost, () => undefined);
    return () => stop.abort();
  }, [connection]);
  return host;
}
