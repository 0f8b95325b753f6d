// What can be done to the drawing: search, what is shown, layout, links, simulations.

import {
  mdiFitToScreenOutline,
  mdiFormatListBulleted,
  mdiGraphOutline,
  mdiLanConnect,
  mdiMagnify,
  mdiMinus,
  mdiPlus,
  mdiTestTube,
} from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import FormControlLabel from '@mui/material/FormControlLabel';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import Tooltip from '@mui/material/Tooltip';
import { useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import type { LayoutName } from './data/use-layout.ts';
import { type EdgeLabels, edgeLabelNames } from './edge-labels.ts';

export interface MeshToolbarProps {
  readonly search: string;
  readonly onSearch: (text: string) => void;
  readonly onSearchDone: () => void;
  readonly routesOnly: boolean;
  readonly onRoutesOnly: (on: boolean) => void;
  /** Undefined where links have no labels. */
  readonly labels: EdgeLabels | undefined;
  readonly onLabels: (labels: EdgeLabels) => void;
  readonly onFit: () => void;
  readonly onZoom: (factor: number) => void;
  readonly onArrange: (name: LayoutName) => void;
  /** Undefined where links can't be added. */
  readonly onAddLink: (() => void) | undefined;
  readonly onSimulate: () => void;
  readonly listShown: boolean;
  readonly onList: (shown: boolean) => void;
}

const layouts = [
  ['force', 'By its links'],
  ['rings', 'In rings of hops, from the chosen one'],
  ['circle', 'In a circle'],
] as const satisfies readonly (readonly [LayoutName, string])[];

export function MeshToolbar(props: MeshToolbarProps) {
  const { routesOnly, labels, onAddLink, listShown } = props;
  return (
    <Box
      role="toolbar"
      aria-label="Mesh"
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 1,
        px: 2,
        py: 1,
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <TextField
        value={props.search}
        onChange={({ target }) => props.onSearch(target.value)}
        onKeyDown={({ key }) => {
          if (key === 'Enter') props.onSearchDone();
          if (key === 'Escape') props.onSearch('');
        }}
        placeholder="Find a phone"
        sx={{ width: 170 }}
        slotProps={{
          htmlInput: { 'aria-label': 'Find a phone' },
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <Icon path={mdiMagnify} fontSize="small" />
              </InputAdornment>
            ),
          },
        }}
      />
      <Tooltip title="Only links that routes use" describeChild>
        <FormControlLabel
          control={
            <Switch
              size="small"
              checked={routesOnly}
              onChange={({ target }) => props.onRoutesOnly(target.checked)}
            />
          }
          label="Used links only"
          sx={{ mx: 0, whiteSpace: 'nowrap' }}
        />
      </Tooltip>
      {labels && (
        <TextField
          select
          label="Links show"
          value={labels}
          onChange={({ target }) => props.onLabels(target.value as EdgeLabels)}
          sx={{ width: 120 }}
        >
          {Object.entries(edgeLabelNames).map(([value, text]) => (
            <MenuItem key={value} value={value}>
              {text}
            </MenuItem>
          ))}
        </TextField>
      )}
      <Box sx={{ display: 'flex' }}>
        <Tool label="Zoom in (+)" icon={mdiPlus} onClick={() => props.onZoom(1.25)} />
        <Tool label="Zoom out (-)" icon={mdiMinus} onClick={() => props.onZoom(0.8)} />
        <Tool label="Show everything (0)" icon={mdiFitToScreenOutline} onClick={props.onFit} />
        <ArrangeMenu onArrange={props.onArrange} />
      </Box>
      <Box sx={{ flex: 1 }} />
      {onAddLink && (
        <Button variant="contained" startIcon={<Icon path={mdiLanConnect} />} onClick={onAddLink}>
          Add link
        </Button>
      )}
      <Button variant="outlined" startIcon={<Icon path={mdiTestTube} />} onClick={props.onSimulate}>
        Simulate
      </Button>
      <Tooltip title={listShown ? 'Hide the list' : 'Show the list'}>
        <IconButton
          aria-label="List of phones and links"
          aria-pressed={listShown}
          color={listShown ? 'primary' : 'default'}
          onClick={() => props.onList(!listShown)}
        >
          <Icon path={mdiFormatListBulleted} />
        </IconButton>
      </Tooltip>
    </Box>
  );
}

function Tool(props: { readonly label: string; readonly icon: string; readonly onClick: () => void }) {
  return (
    <Tooltip title={props.label}>
      <IconButton aria-label={props.label} onClick={props.onClick}>
        <Icon path={props.icon} />
      </IconButton>
    </Tooltip>
  );
}

function ArrangeMenu({ onArrange }: { readonly onArrange: (name: LayoutName) => void }) {
  const [anchor, setAnchor] = useState<HTMLElement>();
  const close = () => setAnchor(undefined);
  return (
    <>
      <Tooltip title="Arrange anew">
        <IconButton
          aria-label="Arrange anew"
          aria-haspopup="menu"
          aria-expanded={anchor !== undefined}
          onClick={({ currentTarget }) => setAnchor(currentTarget)}
        >
          <Icon path={mdiGraphOutline} />
        </IconButton>
      </Tooltip>
      <Menu open={anchor !== undefined} anchorEl={anchor ?? null} onClose={close}>
        {layouts.map(([name, text]) => (
          <MenuItem
            key={name}
            onClick={() => {
              close();
              onArrange(name);
            }}
          >
            {text}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
