// Offers as they arrive: five parts of each score as one bar, the choice marked, and why.

import { mdiCheckCircle } from '@mdi/js';
import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { memo, useMemo } from 'react';
import type { TaskView } from '#schemas';
import { count, duration } from '../../parts/format.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { choiceReason, type ScoredOffer, score, scoredOffers, scoreParts } from './score-model.ts';
import { isFinal } from './task-words.ts';

const SHOWN = 20;

export const OffersPanel = memo(function OffersPanel({ task }: { readonly task: TaskView }) {
  const offers = useMemo(() => scoredOffers(task), [task]);
  const reason = choiceReason(task);
  return (
    <Panel
      title="Offers"
      aside={
        <Typography sx={{ fontSize: 12, color: 'text.secondary' }}>
          {count(offers.length, 'offer')}
        </Typography>
      }
    >
      {offers.length === 0 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {isFinal(task) ? 'No phone offered to run this task.' : 'Waiting for phones to offer.'}
        </Typography>
      ) : (
        <>
          {reason && <Typography sx={{ mb: 1.5, fontSize: 12.5 }}>{reason}</Typography>}
          <Legend />
          <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none' }}>
            {offers.slice(0, SHOWN).map((offer) => (
              <Offer key={offer.nodeId} offer={offer} />
            ))}
          </Box>
          {offers.length > SHOWN && (
            <Typography sx={{ fontSize: 12, color: 'text.secondary', mt: 1 }}>
              {offers.length - SHOWN} more with lower scores.
            </Typography>
          )}
        </>
      )}
    </Panel>
  );
});

function Legend() {
  return (
    <Box
      component="ul"
      sx={{ m: 0, mb: 1, p: 0, display: 'flex', flexWrap: 'wrap', columnGap: 2, listStyle: 'none' }}
    >
      {scoreParts.map(({ key, name, weight, means }, at) => (
        <Box
          component="li"
          key={key}
          title={means}
          sx={{ display: 'flex', alignItems: 'center', gap: 0.75, fontSize: 11.5, color: 'text.secondary' }}
        >
          <Box
            aria-hidden
            sx={({ palette }) => ({ width: 9, height: 9, borderRadius: '2px', bgcolor: palette.series[at] })}
          />
          {name} {weight.toFixed(2)}
        </Box>
      ))}
    </Box>
  );
}

function Offer({ offer }: { readonly offer: ScoredOffer }) {
  const { who, attempts, segments, atMs } = offer;
  const taken = attempts.length > 0;
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: '104px 1fr 44px 60px',
        alignItems: 'center',
        gap: 1,
        py: 0.5,
      }}
    >
      <Typography
        component="span"
        noWrap
        title={who}
        sx={{
          fontSize: 12.5,
          fontWeight: taken ? 650 : 450,
          display: 'flex',
          alignItems: 'center',
          gap: 0.5,
        }}
      >
        {who}
        {taken && (
          <Icon
            path={mdiCheckCircle}
            sx={({ palette }) => ({ fontSize: 14, color: palette.tones.ok.dot })}
            aria-hidden
          />
        )}
      </Typography>
      <Tooltip
        title={segments.map(({ key, name, value, adds }, at) => (
          <span key={key}>
            {at > 0 && <br />}
            {name}: {score(value)} × {scoreParts[at]?.weight.toFixed(2)} = {score(adds)}
          </span>
        ))}
      >
        <Box
          tabIndex={0}
          role="img"
          aria-label={`${who}, score ${score(offer.score)}: ${segments
            .map(({ name, adds }) => `${name} ${score(adds)}`)
            .join(', ')}`}
          sx={({ palette }) => ({
            display: 'flex',
            height: 14,
            borderRadius: '4px',
            overflow: 'hidden',
            bgcolor: palette.tones.off.fill,
            '&:focus-visible': { outline: `2px solid ${palette.primary.main}`, outlineOffset: '2px' },
          })}
        >
          {segments.map(({ key, adds }, at) => (
            <Box
              key={key}
              style={{ width: `${adds * 100}%` }}
              sx={({ palette }) => ({
                bgcolor: palette.series[at],
                borderRight: `1px solid ${palette.background.paper}`,
              })}
            />
          ))}
        </Box>
      </Tooltip>
      <Typography component="span" sx={{ fontSize: 12.5, textAlign: 'right', fontWeight: taken ? 650 : 450 }}>
        {score(offer.score)}
      </Typography>
      <Typography
        component="span"
        sx={{ fontSize: 11.5, textAlign: 'right', color: 'text.secondary', whiteSpace: 'nowrap' }}
      >
        {taken ? `try ${attempts.join(', ')}` : duration(atMs)}
      </Typography>
    </Box>
  );
}
