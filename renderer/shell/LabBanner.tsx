// Where the lab host stands, whenever that isn't simply "connected": what happens, and what a person can do.

import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import { call } from '../api/bridge.ts';
import { useLab } from '../lab/lab-store.ts';
import { showError } from './messages-store.ts';

export function LabBanner() {
  const { phase, message, code } = useLab(({ lab }) => lab);
  const loaded = useLab((data) => data.loaded);
  const loadError = useLab((data) => data.loadError);
  if (phase === 'connected' && loadError)
    return <Alert severity="error">The lab can't be read: {loadError}</Alert>;
  if (phase === 'connected') return loaded ? null : <LinearProgress aria-label="Reading the lab" />;
  // Another lab host whose token is not known can't be started from here.
  const own = code === 'auth.missing' || code === 'auth.refused';
  const again = (
    <Button
      color="inherit"
      onClick={() => void (own ? call('labHosts.choose', {}) : call('lab.connect', {})).catch(showError)}
    >
      {own ? 'Show the lab host of this home' : 'Start a lab host'}
    </Button>
  );
  if (phase === 'failed')
    return (
      <Alert
        severity={code === 'closed' ? 'info' : 'error'}
        action={again}
        sx={{ borderRadius: 0, whiteSpace: 'pre-line' }}
      >
        {message}
      </Alert>
    );
  return (
    <>
      <Alert severity={phase === 'lost' ? 'warning' : 'info'} sx={{ borderRadius: 0 }}>
        {message}
        {phase === 'lost' ? '. What you see is how things were. Looking for it again …' : ' …'}
      </Alert>
      <LinearProgress aria-label={message} />
    </>
  );
}
