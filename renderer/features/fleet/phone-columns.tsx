// The columns of the fleet's table.

import { mdiAlertCircleOutline, mdiLightningBolt } from '@mdi/js';
import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import type { GridColDef } from '@mui/x-data-grid';
import type { PhoneView } from '#schemas';
import { percent, thermalWord } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { agentShort, type PhoneRow } from './phone-rows.ts';
import {
  androidText,
  batteryTone,
  kindIcon,
  kindWord,
  stateTone,
  stateWord,
  thermalTone,
} from './phone-words.ts';

export const phoneColumns: GridColDef<PhoneRow>[] = [
  {
    field: 'serial',
    headerName: 'Phone',
    flex: 1,
    minWidth: 96,
    renderCell: ({ row }) => (
      <Typography sx={{ fontWeight: 600, fontSize: 13 }} noWrap title={row.serial}>
        {row.serial}
      </Typography>
    ),
  },
  {
    field: 'state',
    headerName: 'State',
    width: 152,
    valueGetter: (_value, { phone }) => stateWord(phone.state),
    renderCell: ({ row: { phone } }) => <State phone={phone} />,
  },
  {
    field: 'kind',
    headerName: 'Kind',
    width: 86,
    valueGetter: (_value, { phone }) => kindWord[phone.kind],
    renderCell: ({ row: { phone } }) => (
      <Box sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
        <Icon path={kindIcon[phone.kind]} sx={{ fontSize: 16, color: 'text.secondary' }} />
        {kindWord[phone.kind]}
      </Box>
    ),
  },
  {
    field: 'model',
    headerName: 'Model',
    width: 126,
    valueGetter: (_value, { phone }) => phone.model ?? '–',
  },
  {
    field: 'android',
    headerName: 'Android',
    width: 100,
    valueGetter: (_value, { phone }) => androidText(phone) ?? '–',
    sortComparator: (a: string, b: string) => a.localeCompare(b, undefined, { numeric: true }),
  },
  { field: 'abi', headerName: 'ABI', width: 86, valueGetter: (_value, { phone }) => phone.abi ?? '–' },
  {
    field: 'profile',
    headerName: 'Profile',
    width: 88,
    valueGetter: (_value, { phone }) => phone.profile ?? '–',
  },
  {
    field: 'battery',
    headerName: 'Battery',
    width: 110,
    valueGetter: (_value, { phone }) => phone.batteryPercent ?? -1,
    renderCell: ({ row: { phone } }) => <Battery phone={phone} />,
  },
  {
    field: 'thermal',
    headerName: 'Heat',
    width: 96,
    valueGetter: (_value, { phone }) => phone.thermal ?? -1,
    renderCell: ({ row: { phone } }) =>
      phone.thermal === undefined ? (
        '–'
      ) : (
        <StateChip tone={thermalTone(phone.thermal)} label={thermalWord(phone.thermal)} />
      ),
  },
  {
    field: 'links',
    headerName: 'Links',
    description: 'Links that are up, of all that this phone has',
    width: 64,
    valueGetter: (_value, { linksUp }) => linksUp,
    renderCell: ({ row: { linksUp, links } }) =>
      links === 0 ? (
        '–'
      ) : (
        <Box
          component="span"
          title={`${linksUp} of ${links} links are up`}
          sx={({ palette }) => ({ color: linksUp === 0 ? palette.tones.warn.text : 'inherit' })}
        >
          {linksUp} / {links}
        </Box>
      ),
  },
  {
    field: 'participation',
    headerName: 'Tasks',
    description: 'Whether it takes tasks, as far as it is known; its agent decides for each task',
    width: 112,
    valueGetter: (_value, { participation }) => participation.word,
    renderCell: ({ row: { participation } }) =>
      participation.word === '–' ? (
        <span title={participation.why}>{participation.word}</span>
      ) : (
        <StateChip tone={participation.tone} label={participation.word} title={participation.why} />
      ),
  },
  {
    field: 'agent',
    headerName: 'Agent',
    description: 'The beginning of the hash of the agent that runs there',
    width: 84,
    valueGetter: (_value, { phone }) => agentShort(phone) ?? '–',
    renderCell: ({ row: { phone }, value }) => <code title={phone.agent?.bundleHash}>{String(value)}</code>,
  },
];

function State({ phone }: { readonly phone: PhoneView }) {
  const { problem } = phone;
  return (
    <Box sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
      <StateChip tone={stateTone(phone.state)} label={stateWord(phone.state)} />
      {problem && (
        <Tooltip title={`${problem.code}: ${problem.message}`} describeChild>
          <Box
            component="span"
            role="img"
            aria-label={`Problem: ${problem.code}: ${problem.message}`}
            sx={({ palette }) => ({ display: 'inline-flex', color: palette.tones.bad.dot })}
          >
            <Icon path={mdiAlertCircleOutline} sx={{ fontSize: 18 }} />
          </Box>
        </Tooltip>
      )}
    </Box>
  );
}

function Battery({ phone }: { readonly phone: PhoneView }) {
  if (phone.batteryPercent === undefined) return '–';
  const tone = batteryTone(phone);
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', gap: 0.75, width: '100%' }}>
      <LinearProgress
        variant="determinate"
        value={phone.batteryPercent}
        aria-label={`Battery of ${phone.serial}`}
        sx={({ palette }) => ({
          flex: 1,
          height: 6,
          borderRadius: 3,
          bgcolor: palette.divider,
          '& .MuiLinearProgress-bar': { bgcolor: palette.tones[tone].dot, transition: 'none' },
        })}
      />
      <Typography sx={{ fontSize: 12, width: 36, textAlign: 'right' }}>
        {percent(phone.batteryPercent)}
      </Typography>
      <Box sx={{ width: 14, display: 'inline-flex' }} title={phone.charging ? 'Charging' : 'Not charging'}>
        {phone.charging && <Icon path={mdiLightningBolt} sx={{ fontSize: 14 }} />}
      </Box>
    </Box>
  );
}
