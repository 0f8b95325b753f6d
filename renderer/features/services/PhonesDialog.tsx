// Which phones hold a service, what each says of it and why; and taking it off again.

import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';
import type { ServiceView } from '#schemas';
import { tell } from '../../api/client.ts';
import { useLab } from '../../lab/lab-store.ts';
import { count } from '../../parts/format.ts';
import { StateChip } from '../../parts/StateChip.tsx';
import { showDone, showError } from '../../shell/messages-store.ts';
import { verdictTone, verdictWord } from './verdict-words.ts';

export function PhonesDialog({
  service,
  onClose,
}: {
  readonly service: ServiceView;
  readonly onClose: () => void;
}) {
  const phones = useLab((data) => data.phones);
  const [busy, setBusy] = useState<string>();
  const without = useMemo(() => {
    const holders = new Set(service.phones.map(({ serial }) => serial));
    return [...phones.values()].filter(({ serial, state }) => state === 'running' && !holders.has(serial));
  }, [phones, service]);

  /** Empty serial: from all. */
  async function remove(serial: string): Promise<void> {
    setBusy(serial);
    try {
      const where = serial === '' ? '' : `?serial=${encodeURIComponent(serial)}`;
      await tell('DELETE', `/services/${service.manifestSha256}${where}`);
      showDone(
        `${service.serviceName} taken off ${serial === '' ? count(service.phones.length, 'phone') : serial}`,
      );
    } catch (error) {
      showError(error);
    } finally {
      setBusy(undefined);
    }
  }

  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="sm" aria-labelledby="service-phones">
      <DialogTitle id="service-phones">
        {service.serviceName} {service.version} on phones
      </DialogTitle>
      <DialogContent>
        {service.phones.length === 0 && (
          <Typography variant="body2">No running phone holds it any more.</Typography>
        )}
        <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {service.phones.map(({ serial, verdict, reasons }) => (
            <Box
              component="li"
              key={serial}
              sx={{
                display: 'flex',
                gap: 1.5,
                py: 1,
                borderBottom: 1,
                borderColor: 'divider',
                alignItems: 'flex-start',
              }}
            >
              <Box sx={{ flex: 1, minWidth: 0 }}>
                <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
                  <Typography variant="body2" sx={{ fontWeight: 600 }}>
                    {serial}
                  </Typography>
                  <StateChip tone={verdictTone(verdict)} label={verdictWord(verdict)} />
                </Box>
                {reasons.map((reason) => (
                  <Typography key={reason} sx={{ fontSize: 12.5, color: 'text.secondary', mt: 0.5 }}>
                    {reason}
                  </Typography>
                ))}
              </Box>
              <Button
                loading={busy === serial}
                disabled={busy !== undefined}
                onClick={() => void remove(serial)}
                aria-label={`Remove from ${serial}`}
              >
                Remove
              </Button>
            </Box>
          ))}
        </Box>
        {without.length > 0 && (
          <Typography sx={{ mt: 1.5, fontSize: 12.5, color: 'text.secondary', overflowWrap: 'anywhere' }}>
            Not on {listed(without.map(({ serial }) => serial))}: a phone fetches it over the mesh when a task
            needs it.
          </Typography>
        )}
      </DialogContent>
      <DialogActions>
        {service.phones.length > 1 && (
          <Button color="error" disabled={busy !== undefined} onClick={() => void remove('')}>
            Remove from all
          </Button>
        )}
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

const LISTED = 6;
const listed = (serials: readonly string[]): string =>
  serials.length <= LISTED
    ? serials.join(', ')
    : `${serials.slice(0, LISTED).join(', ')} and ${serials.length - LISTED} more`;
