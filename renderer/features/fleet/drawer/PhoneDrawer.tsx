// One phone, beside the table: what it is, how it is, what stands in its way, what it is linked to, holds and did.

import { mdiClose } from '@mdi/js';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Typography from '@mui/material/Typography';
import { memo, type ReactNode, useEffect, useRef } from 'react';
import type { PhoneView, PowerView } from '#schemas';
import { CopyButton } from '../../../parts/CopyButton.tsx';
import { bytes, duration, percent, thermalWord } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { Facts } from '../../../parts/Panel.tsx';
import { StateChip } from '../../../parts/StateChip.tsx';
import { usePowers } from '../../power/power-store.ts';
import { ActionsMenu, type ActionsMenuProps } from '../actions/ActionsMenu.tsx';
import { participationOf } from '../participation.ts';
import { adviceFor, androidText, kindIcon, kindWord, stateTone, stateWord } from '../phone-words.ts';
import { PhoneLinks } from './PhoneLinks.tsx';
import { PhoneLog } from './PhoneLog.tsx';
import { PhoneRuntimes } from './PhoneRuntimes.tsx';
import { PhoneServices, PhoneTasks } from './PhoneWork.tsx';
import { Section } from './Section.tsx';

export interface PhoneDrawerProps extends Pick<ActionsMenuProps, 'onAction' | 'onPower'> {
  readonly phone: PhoneView;
  /** The lab host can be reached. */
  readonly able: boolean;
  readonly onClose: () => void;
}

export const PhoneDrawer = memo(function PhoneDrawer({
  phone,
  able,
  onAction,
  onPower,
  onClose,
}: PhoneDrawerProps) {
  const { serial } = phone;
  const power = usePowers((data) => data.powers.get(serial));
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another phone begins at its top
  useEffect(() => box.current?.scrollTo({ top: 0 }), [serial]);
  return (
    <Box
      ref={box}
      component="aside"
      aria-label={`Phone ${serial}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
      sx={{ height: '100%', overflowY: 'auto', bgcolor: 'background.paper' }}
    >
      <Box
        sx={{
          position: 'sticky',
          top: 0,
          zIndex: 1,
          bgcolor: 'background.paper',
          display: 'flex',
          alignItems: 'center',
          gap: 1,
          px: 2,
          height: 48,
          borderBottom: 1,
          borderColor: 'divider',
        }}
      >
        <Typography variant="h2" noWrap sx={{ minWidth: 0 }}>
          {serial}
        </Typography>
        <StateChip tone={stateTone(phone.state)} label={stateWord(phone.state)} />
        <Box sx={{ flex: 1 }} />
        <ActionsMenu
          label="Actions"
          phones={[phone]}
          disabled={!able}
          onAction={onAction}
          onPower={onPower}
        />
        <IconButton aria-label="Close the phone" onClick={onClose}>
          <Icon path={mdiClose} sx={{ fontSize: 20 }} />
        </IconButton>
      </Box>
      <Box sx={{ p: 2, display: 'flex', flexDirection: 'column', gap: 1.5 }}>
        <State phone={phone} />
        <Facts rows={factsOf(phone, power)} />
      </Box>
      <Section title="Optional runtimes">
        <PhoneRuntimes phone={phone} able={able} key={serial} />
      </Section>
      <Section title="Links">
        <PhoneLinks serial={serial} />
      </Section>
      <Section title="Services">
        <PhoneServices serial={serial} />
      </Section>
      <Section title="Last tasks">
        <PhoneTasks serial={serial} />
      </Section>
      <Section title="Log of the agent">
        <PhoneLog phone={phone} key={serial} />
      </Section>
    </Box>
  );
});

function State({ phone }: { readonly phone: PhoneView }) {
  const { problem, state } = phone;
  const advice = adviceFor(phone);
  if (problem)
    return (
      <Alert severity={state === 'failed' ? 'error' : 'warning'} sx={{ overflowWrap: 'anywhere' }}>
        {problem.message} (<code>{problem.code}</code>).{' '}
        {state === 'ready' || state === 'deploying' ? 'It is tried again and again.' : advice}
      </Alert>
    );
  if (state === 'running') return null;
  return <Alert severity={stateTone(state) === 'warn' ? 'warning' : 'info'}>{advice}</Alert>;
}

function factsOf(phone: PhoneView, power: PowerView | undefined) {
  const { sandbox, agent, lastAttach } = phone;
  const participation = participationOf(phone, power);
  const lastKnown = phone.state === 'running' ? '' : ' (last known)';
  const unknown = (
    <Box component="span" sx={{ color: 'text.secondary' }}>
      not known
    </Box>
  );
  const withCopy = (text: string, shown: string, what: string) => (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}>
      <code title={text}>{shown}</code>
      <CopyButton text={text} what={what} />
    </Box>
  );
  return [
    [
      'Connected by',
      <Box key="kind" component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}>
        <Icon path={kindIcon[phone.kind]} sx={{ fontSize: 16 }} />
        {phone.kind === 'virtual' ? 'Virtual phone of this lab' : kindWord[phone.kind]}
      </Box>,
    ],
    ...(phone.adbSerial === phone.serial ? [] : [['adb serial', <code key="adb">{phone.adbSerial}</code>]]),
    ['Model', phone.model ?? unknown],
    ['Android', androidText(phone) ?? unknown],
    ['ABI', phone.abi ?? unknown],
    ['Profile', phone.profile ?? unknown],
    ['Tasks', `${participation.word === '–' ? 'None' : participation.word}. ${participation.why}`],
    [
      phone.batteryPercent === undefined ? 'Battery' : `Battery${lastKnown}`,
      phone.batteryPercent === undefined
        ? unknown
        : `${percent(phone.batteryPercent)}${phone.charging ? ', charging' : ', not charging'}`,
    ],
    [
      phone.thermal === undefined ? 'Heat' : `Heat${lastKnown}`,
      phone.thermal === undefined ? unknown : `${thermalWord(phone.thermal)} (status ${phone.thermal})`,
    ],
    ['Runtimes', sandbox ? sandbox.runtimes.join(', ') || 'none' : unknown],
    ['Sandbox layers', sandbox ? sandbox.layers.join(', ') || 'none' : unknown],
    ...(agent
      ? [
          [
            'Agent',
            withCopy(
              agent.bundleHash,
              agent.bundleHash.split('-').at(-1)?.slice(0, 12) ?? '',
              'the bundle’s hash',
            ),
          ],
          ['Protocol', String(agent.protocol)],
        ]
      : []),
    ...(phone.nodeId
      ? [['Node', withCopy(phone.nodeId, `${phone.nodeId.slice(0, 12)}…`, 'the node id')]]
      : []),
    ...(lastAttach
      ? [
          [
            'Last attached',
            `in ${duration(lastAttach.tookMs)}, ${lastAttach.pushedBytes === 0 ? 'nothing pushed' : `${bytes(lastAttach.pushedBytes)} pushed`}`,
          ],
        ]
      : []),
  ] as [string, ReactNode][];
}
