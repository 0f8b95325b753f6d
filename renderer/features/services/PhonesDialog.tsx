// Every phone's word on a service: the ones that hold it, with the means to take it off, and what the others would say.

import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { type ReactNode, useState } from 'react';
import type { PhoneVerdict, ServiceView } from '#schemas';
import { tell } from '../../api/client.ts';
import { count } from '../../parts/format.ts';
import { StateChip } from '../../parts/StateChip.tsx';
import { showDone, showError } from '../../shell/messages-store.ts';
import { verdictTone, verdictWord } from './verdict-words.ts';

export function PhonesDialog({
  service,
  others,
  onClose,
}: {
  readonly service: ServiceView;
  /** What phones without it say; undefined while they are asked. */
  readonly others: readonly PhoneVerdict[] | undefined;
  readonly onClose: () => void;
}) {
  const [busy, setBusy] = useState<string>();

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
        <List title="They hold it" empty="No running phone holds it any more." verdicts={service.phones}>
          {(serial) => (
            <Button
              loading={busy === serial}
              disabled={busy !== undefined}
              onClick={() => void remove(serial)}
              aria-label={`Remove from ${serial}`}
            >
              Remove
            </Button>
          )}
        </List>
        {others && others.length > 0 && (
          <List title="They would fetch it over the mesh when a task needs it" empty="" verdicts={others} />
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

function List({
  title,
  empty,
  verdicts,
  children,
}: {
  readonly title: string;
  readonly empty: string;
  readonly verdicts: readonly PhoneVerdict[];
  readonly children?: (serial: string) => ReactNode;
}) {
  return (
    <Box component="section" aria-label={title} sx={{ mb: 2 }}>
      <Typography variant="h3" sx={{ color: 'text.secondary' }}>
        {title}
      </Typography>
      {verdicts.length === 0 && <Typography variant="body2">{empty}</Typography>}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {verdicts.map(({ serial, verdict, reasons }) => (
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
            {children?.(serial)}
          </Box>
        ))}
      </Box>
    </Box>
  );
}
