// Adds a phone by its address on Wi-Fi to the user's own adb server.

import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { type ErrorShape, toErrorShape } from '#base';
import { post } from '../../api/client.ts';
import { showDone } from '../../shell/messages-store.ts';
import { addressProblem } from './wifi-address.ts';

export function ConnectDialog({ onClose }: { readonly onClose: () => void }) {
  const [address, setAddress] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorShape>();
  const navigate = useNavigate();
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const wrong = address.trim() === '' ? undefined : addressProblem(address);
  const valid = address.trim() !== '' && wrong === undefined;

  async function connect(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!valid || busy) return;
    setBusy(true);
    setError(undefined);
    stop.current = new AbortController();
    const { signal } = stop.current;
    try {
      const phone = await post('phone', '/adb/connect', { address: address.trim() }, { signal });
      showDone(
        phone.state === 'unauthorized'
          ? `${phone.adbSerial} is there: allow this computer on its screen`
          : `${phone.adbSerial} is connected`,
      );
      onClose();
      void navigate(`/fleet/${encodeURIComponent(phone.serial)}`);
    } catch (thrown) {
      if (signal.aborted) return;
      setError(toErrorShape(thrown));
      setBusy(false);
    }
  }

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="connect-phone">
      <form onSubmit={(event) => void connect(event)}>
        <DialogTitle id="connect-phone">Connect a phone by Wi-Fi</DialogTitle>
        <DialogContent>
          <Stack spacing={2} sx={{ pt: 1 }}>
            <TextField
              label="Address"
              placeholder="192.168.1.20:5555"
              value={address}
              onChange={({ target }) => setAddress(target.value)}
              autoFocus
              disabled={busy}
              error={wrong !== undefined}
              helperText={wrong ?? 'Without a port, 5555 is taken'}
            />
            {busy && <LinearProgress aria-label="Connecting" />}
            {error && (
              <Alert severity="error" sx={{ overflowWrap: 'anywhere' }}>
                {error.message} (<code>{error.code}</code>)
              </Alert>
            )}
            <Typography variant="body2" color="text.secondary">
              The phone must listen: “Wireless debugging” in its developer options shows the address, or type{' '}
              <code>adb tcpip 5555</code> while it is on USB. It is added to your own adb server, which must
              run and is never started or ended from here.
            </Typography>
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="contained" disabled={!valid} loading={busy}>
            Connect
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
