// Asks before something that can't be undone is done to phones.

import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogContentText from '@mui/material/DialogContentText';
import DialogTitle from '@mui/material/DialogTitle';
import type { PhoneView } from '#schemas';
import { count } from '../../../parts/format.ts';
import type { PhoneAction } from './phone-actions.ts';

const NAMED = 6;

export function ConfirmDialog({
  action,
  phones,
  onClose,
  onConfirm,
}: {
  readonly action: PhoneAction;
  readonly phones: readonly PhoneView[];
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}) {
  const name = action.label.replace('…', '');
  const [only] = phones;
  const whom = phones.length === 1 && only ? only.serial : count(phones.length, 'phone');
  return (
    <Dialog open onClose={onClose} maxWidth="xs" fullWidth aria-labelledby="confirm-action">
      <DialogTitle id="confirm-action">
        {name}: {whom}
      </DialogTitle>
      <DialogContent>
        <DialogContentText sx={{ fontSize: 13 }}>{action.confirm}</DialogContentText>
        {phones.length > 1 && (
          <DialogContentText sx={{ mt: 1.5, fontSize: 13, overflowWrap: 'anywhere' }}>
            {phones
              .slice(0, NAMED)
              .map(({ serial }) => serial)
              .join(', ')}
            {phones.length > NAMED ? ` and ${phones.length - NAMED} more` : ''}
          </DialogContentText>
        )}
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose} autoFocus>
          Cancel
        </Button>
        <Button
          variant="contained"
          onClick={onConfirm}
          // MUI's own red is too pale for white letters in the dark theme.
          sx={({ palette }) => ({
            bgcolor: palette.tones.bad.text,
            color: palette.background.paper,
            '&:hover': { bgcolor: palette.tones.bad.dot },
          })}
        >
          {name}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
