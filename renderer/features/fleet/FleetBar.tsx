// The row above the table: search and quick filters, what is chosen and what can be done to it, adding phones.

import { mdiClose, mdiMagnify, mdiPlus, mdiWifiPlus } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { ReactNode, Ref } from 'react';
import type { PhoneKind } from '#schemas';
import { count } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { type PhoneFilter, stateFilters } from './phone-filters.ts';
import { kindWord } from './phone-words.ts';

const NARROW = '@container fleet-bar (max-width: 880px)';

export interface FleetBarProps {
  readonly filter: PhoneFilter;
  readonly onFilter: (change: Partial<PhoneFilter>) => void;
  readonly profiles: readonly string[];
  readonly shown: number;
  readonly all: number;
  readonly chosen: number;
  readonly onChooseNone: () => void;
  readonly actions: ReactNode;
  /** The lab host can be reached. */
  readonly able: boolean;
  readonly onAdd: () => void;
  readonly onConnect: () => void;
  readonly search: Ref<HTMLInputElement>;
}

export function FleetBar(props: FleetBarProps) {
  const { filter, onFilter, able } = props;
  return (
    <Box
      role="toolbar"
      aria-label="Phones"
      sx={{
        display: 'flex',
        gap: 1,
        px: 2,
        py: 1,
        alignItems: 'center',
        flexWrap: 'wrap',
        borderBottom: 1,
        borderColor: 'divider',
        bgcolor: 'background.paper',
        '& .MuiInputBase-root': { fontSize: 13, height: 32 },
      }}
    >
      <TextField
        placeholder="Find phones"
        value={filter.text}
        onChange={({ target }) => onFilter({ text: target.value })}
        inputRef={props.search}
        sx={{ width: 96, flexGrow: 1, maxWidth: 280 }}
        slotProps={{
          htmlInput: { 'aria-label': 'Find phones' },
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <Icon path={mdiMagnify} sx={{ fontSize: 18 }} />
              </InputAdornment>
            ),
          },
        }}
      />
      <Choice
        label="State"
        value={filter.state}
        width={114}
        onChange={(state) => onFilter({ state: state as PhoneFilter['state'] })}
        choices={stateFilters.map(({ id, label }) => [id, label])}
      />
      <Choice
        label="Kind"
        value={filter.kind}
        width={98}
        onChange={(kind) => onFilter({ kind: kind as PhoneKind | '' })}
        choices={[['', 'All kinds'], ...Object.entries(kindWord)]}
      />
      <Choice
        label="Profile"
        value={props.profiles.includes(filter.profile) ? filter.profile : ''}
        width={112}
        narrowToo={filter.profile !== ''}
        onChange={(profile) => onFilter({ profile })}
        choices={[['', 'All profiles'], ...props.profiles.map((name) => [name, name] as const)]}
      />
      {props.chosen > 0 ? (
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.5 }}>
          {props.actions}
          <IconButton aria-label="Choose none" title="Choose none" onClick={props.onChooseNone}>
            <Icon path={mdiClose} sx={{ fontSize: 16 }} />
          </IconButton>
        </Box>
      ) : (
        props.actions
      )}
      <Typography
        role="status"
        sx={{
          fontSize: 12.5,
          color: 'text.secondary',
          flex: 1,
          whiteSpace: 'nowrap',
          minWidth: 'max-content',
        }}
      >
        {/* The top bar tells of all phones. */}
        {props.shown === props.all ? '' : `${props.shown} of ${count(props.all, 'phone')}`}
      </Typography>
      <Box sx={{ display: 'flex', gap: 1 }}>
        <Button
          variant="outlined"
          color="inherit"
          disabled={!able}
          aria-label="Connect a phone by Wi-Fi"
          title="Connect a phone by Wi-Fi"
          startIcon={<Icon path={mdiWifiPlus} />}
          onClick={props.onConnect}
          sx={{
            borderColor: 'divider',
            whiteSpace: 'nowrap',
            [NARROW]: { minWidth: 38, px: 1, '& .MuiButton-startIcon': { m: 0 } },
          }}
        >
          <Wide>Connect</Wide>
        </Button>
        <Button
          variant="contained"
          disabled={!able}
          aria-label="Add virtual phones"
          startIcon={<Icon path={mdiPlus} />}
          onClick={props.onAdd}
          sx={{ whiteSpace: 'nowrap' }}
        >
          Add<Wide>&nbsp;virtual phones</Wide>
        </Button>
      </Box>
    </Box>
  );
}

/** Left out where the bar would need a second row. */
function Wide({ children }: { readonly children: ReactNode }) {
  return (
    <Box component="span" sx={{ [NARROW]: { display: 'none' } }}>
      {children}
    </Box>
  );
}

function Choice({
  label,
  value,
  width,
  narrowToo = true,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly width: number;
  /** False: left out where the bar would need a second row. */
  readonly narrowToo?: boolean;
  readonly choices: readonly (readonly [string, string])[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <TextField
      select
      value={value}
      onChange={({ target }) => onChange(target.value)}
      sx={{ width, ...(narrowToo ? {} : { [NARROW]: { display: 'none' } }) }}
      slotProps={{ select: { displayEmpty: true, 'aria-label': label } }}
    >
      {choices.map(([id, text]) => (
        <MenuItem key={id} value={id}>
          {text}
        </MenuItem>
      ))}
    </TextField>
  );
}
