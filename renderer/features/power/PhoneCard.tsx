// One phone in the overview: battery, charger, heat, and what that means for tasks.

import { mdiBatteryCharging, mdiBatteryOutline } from '@mdi/js';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useTheme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import { memo } from 'react';
import type { PhoneView, PowerView } from '#schemas';
import { percent, thermalWord } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { batteryTone, stateTone, stateWord, thermalTone } from '../fleet/phone-words.ts';
import { takesTone, takesWord } from './power-words.ts';
import { type Point, sparkPath } from './series-model.ts';

const WIDTH = 240;
const HEIGHT = 28;

export interface PhoneCardProps {
  readonly phone: PhoneView;
  readonly power: PowerView | undefined;
  readonly points: readonly Point[];
  readonly stepMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly chosen: boolean;
  readonly onChoose: (serial: string) => void;
}

export const PhoneCard = memo(function PhoneCard(props: PhoneCardProps) {
  const { phone, power, points, stepMs, fromMs, toMs, chosen, onChoose } = props;
  const { palette } = useTheme();
  const { serial, state, batteryPercent, charging, thermal } = phone;
  const tone = batteryTone(phone);
  return (
    <ButtonBase
      component="button"
      onClick={() => onChoose(serial)}
      aria-pressed={chosen}
      sx={{
        ...{
          display: 'block',
          width: '100%',
          textAlign: 'left',
          fontFamily: 'inherit',
          p: 1.25,
          borderRadius: 1,
          border: 1,
        },
        borderColor: chosen ? 'primary.main' : 'divider',
        boxShadow: chosen ? `inset 0 0 0 1px ${palette.primary.main}` : 'none',
        bgcolor: 'background.paper',
        contentVisibility: 'auto',
        containIntrinsicSize: '240px 118px',
        '&:hover': { borderColor: chosen ? 'primary.main' : 'line' },
        '&:focus-visible': { outline: `2px solid ${palette.primary.main}`, outlineOffset: 1 },
      }}
    >
      <Box component="span" sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        <Typography component="span" sx={{ fontWeight: 600, flex: 1, minWidth: 0 }} noWrap>
          {serial}
        </Typography>
        {state !== 'running' ? (
          <StateChip tone={stateTone(state)} label={stateWord(state)} />
        ) : (
          power && <StateChip tone={takesTone(power)} label={takesWord(power)} />
        )}
      </Box>
      <Box component="span" sx={{ display: 'flex', alignItems: 'center', gap: 1, mt: 0.75 }}>
        <Icon
          path={charging ? mdiBatteryCharging : mdiBatteryOutline}
          sx={{ fontSize: 18, color: palette.tones[tone].text }}
        />
        <Typography component="span" sx={{ fontSize: 13, fontWeight: 600, whiteSpace: 'nowrap' }}>
          {batteryPercent === undefined ? 'not known' : percent(batteryPercent)}
        </Typography>
        <Typography component="span" sx={{ fontSize: 12, color: 'text.secondary', flex: 1 }} noWrap>
          {charging === undefined ? '' : charging ? 'charging' : 'on battery'}
        </Typography>
        {thermal !== undefined && (
          <StateChip
            tone={thermalTone(thermal)}
            label={thermalWord(thermal)}
            title={`Thermal status ${thermal}`}
          />
        )}
      </Box>
      <Box
        component="svg"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden
        sx={{ display: 'block', width: '100%', height: HEIGHT, mt: 0.75 }}
      >
        <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke={palette.divider} />
        <path
          d={sparkPath(points, { width: WIDTH, height: HEIGHT - 2, fromMs, toMs }, stepMs)}
          fill="none"
          stroke={palette.series[0]}
          strokeWidth={1.5}
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
        />
      </Box>
    </ButtonBase>
  );
});
