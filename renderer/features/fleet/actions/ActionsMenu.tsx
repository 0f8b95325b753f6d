// The menu of what can be done to one phone or to the chosen ones; what can't be done says why.

import { mdiBatterySync, mdiChevronDown } from '@mdi/js';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import ListItemIcon from '@mui/material/ListItemIcon';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import type { PhoneView } from '#schemas';
import { Icon } from '../../../parts/Icon.tsx';
import { noteOf, offerFor, type PhoneAction, phoneActions, refusePower } from './phone-actions.ts';

export interface ActionsMenuProps {
  readonly phones: readonly PhoneView[];
  readonly label: string;
  readonly disabled?: boolean;
  readonly onAction: (action: PhoneAction, phones: readonly PhoneView[]) => void;
  readonly onPower: (phones: readonly PhoneView[]) => void;
}

export function ActionsMenu({ phones, label, disabled = false, onAction, onPower }: ActionsMenuProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const close = () => setAnchor(null);
  const power = phones.filter((phone) => refusePower(phone) === undefined);
  const item = (
    key: string,
    icon: string,
    text: string,
    note: string | undefined,
    able: boolean,
    run: () => void,
  ) => (
    <MenuItem
      key={key}
      // Not `disabled`: a screen reader and the keys must come to the reason, too.
      aria-disabled={!able}
      onClick={() => {
        if (!able) return;
        close();
        run();
      }}
      sx={able ? {} : { cursor: 'default', color: 'text.secondary' }}
    >
      <ListItemIcon>
        <Icon path={icon} sx={{ fontSize: 18, ...(able ? {} : { opacity: 0.5 }) }} />
      </ListItemIcon>
      <ListItemText
        primary={text}
        {...(note ? { secondary: note } : {})}
        slotProps={{ primary: { sx: { fontSize: 13 } }, secondary: { sx: { fontSize: 11.5 } } }}
      />
    </MenuItem>
  );
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        disabled={disabled}
        endIcon={<Icon path={mdiChevronDown} />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => setAnchor(currentTarget)}
        sx={{ borderColor: 'divider', whiteSpace: 'nowrap' }}
      >
        {label}
      </Button>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={close}
        slotProps={{ list: { dense: true, 'aria-label': label }, paper: { sx: { maxWidth: 340 } } }}
      >
        {phoneActions.flatMap((action, at) => {
          const { fits, note } = offerFor(action, phones);
          const before = phoneActions[at - 1];
          return [
            ...(before && before.group !== action.group
              ? [<Divider key={`before-${action.id}`} component="li" />]
              : []),
            ...(action.id === 'disconnect'
              ? [
                  item(
                    'power',
                    mdiBatterySync,
                    'Battery and heat…',
                    noteOf(phones, power.length, refusePower),
                    power.length > 0,
                    () => onPower(power),
                  ),
                ]
              : []),
            item(action.id, action.icon, action.label, note, fits.length > 0, () => onAction(action, fits)),
          ];
        })}
      </Menu>
    </>
  );
}
