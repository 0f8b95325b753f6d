// Power: battery and heat of every phone over time, what they mean for tasks, and the settings of each phone.

import { mdiBatteryHeart, mdiCellphoneLink } from '@mdi/js';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useCallback, useMemo } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { useLab } from '../../lab/lab-store.ts';
import { useConnection } from '../../lab/use-connection.ts';
import { EmptyState } from '../../parts/EmptyState.tsx';
import { count } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { PhoneCard } from './PhoneCard.tsx';
import { PhoneDetail } from './PhoneDetail.tsx';
import { PolicyPanel } from './PolicyPanel.tsx';
import { useFollowedPowers, usePowers } from './power-store.ts';
import { type Point, rangeOf, ranges } from './series-model.ts';
import { useSeries } from './use-series.ts';
import { VirtualControls } from './VirtualControls.tsx';

const CARD_BUCKETS = 60;
const CARD_PIXELS = 240;
const none: readonly Point[] = [];

export function PowerPage() {
  useFollowedPowers();
  const [search, setSearch] = useSearchParams();
  const navigate = useNavigate();
  const range = rangeOf(search.get('range'));
  const phones = useLab((data) => data.phones);
  const loaded = useLab((data) => data.loaded);
  const connected = useConnection() >= 0;
  const { powers, problem } = usePowers();
  const series = useSeries(range.ms, CARD_BUCKETS);
  // A card's line is some pixels wide: it moves on when that shows.
  const grain = range.ms / CARD_PIXELS;
  const toMs = Math.ceil(series.toMs / grain) * grain;
  const list = useMemo(() => [...phones.values()].sort((a, b) => a.serial.localeCompare(b.serial)), [phones]);
  const phone = phones.get(search.get('phone') ?? '') ?? list[0];
  const choose = useCallback(
    (serial: string) =>
      setSearch(
        (before) => {
          before.set('phone', serial);
          return before;
        },
        { replace: true },
      ),
    [setSearch],
  );

  if (loaded && !phone)
    return (
      <EmptyState
        icon={mdiBatteryHeart}
        title="No phones, no batteries"
        action={
          <Button
            variant="contained"
            startIcon={<Icon path={mdiCellphoneLink} />}
            onClick={() => void navigate('/fleet?add')}
          >
            Add virtual phones
          </Button>
        }
      >
        Battery, charger and heat of every phone are drawn here as it measures them.
      </EmptyState>
    );
  const refusing = list.filter(({ serial }) => powers.get(serial)?.takes === 'none').length;
  const pausing = list.filter(({ serial }) => powers.get(serial)?.takes === 'essential').length;
  return (
    <Box sx={{ p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5 }}>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={range.name}
          aria-label="Time shown"
          onChange={(_event, name: string | null) => {
            if (name === null) return;
            setSearch(
              (before) => {
                before.set('range', name);
                return before;
              },
              { replace: true },
            );
          }}
        >
          {ranges.map(({ name, label }) => (
            <ToggleButton
              key={name}
              value={name}
              sx={{ px: 1.5, py: 0.5, color: 'text.secondary', textTransform: 'none' }}
            >
              {label}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <Typography role="status" sx={{ fontSize: 13, color: 'text.secondary' }}>
          {count(list.length, 'phone')}
          {connected ? '' : ', as they were last seen'}
          {refusing > 0 ? `, ${refusing} ${refusing === 1 ? 'takes' : 'take'} no tasks` : ''}
          {pausing > 0 ? `, ${pausing} only essential ones` : ''}
          {problem ? `. What they take can’t be read: ${problem}` : ''}
        </Typography>
      </Box>
      <Box
        sx={{
          ...{ display: 'grid', gap: 2, alignItems: 'start' },
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: '250px minmax(0, 1fr)' },
        }}
      >
        <Box
          component="section"
          aria-label="Phones"
          sx={{
            ...{ display: 'grid', gap: 1, gridTemplateColumns: 'repeat(auto-fill, minmax(220px, 1fr))' },
            ...{ maxHeight: { xs: 268, lg: 'calc(100vh - 150px)' }, overflowY: 'auto', p: 0.25 },
          }}
        >
          {list.map((it) => (
            <PhoneCard
              key={it.serial}
              phone={it}
              power={powers.get(it.serial)}
              points={series.bySerial.get(it.serial) ?? none}
              stepMs={series.stepMs}
              fromMs={toMs - range.ms}
              toMs={toMs}
              chosen={it.serial === phone?.serial}
              onChoose={choose}
            />
          ))}
        </Box>
        {phone && (
          <Box
            sx={{
              ...{ display: 'grid', gap: 2, alignItems: 'start', minWidth: 0 },
              gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 1fr) 300px' },
            }}
          >
            <PhoneDetail
              key={phone.serial}
              serial={phone.serial}
              rangeMs={range.ms}
              power={powers.get(phone.serial)}
            />
            <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2, minWidth: 0 }}>
              {phone.kind === 'virtual' && <VirtualControls phone={phone} connected={connected} />}
              <PolicyPanel
                serial={phone.serial}
                power={powers.get(phone.serial)}
                running={connected && phone.state === 'running'}
              />
            </Box>
          </Box>
        )}
      </Box>
    </Box>
  );
}
