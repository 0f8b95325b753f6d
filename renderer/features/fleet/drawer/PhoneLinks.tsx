// The phone's links: to whom, how good they are, what they carry.

import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { LinkView } from '#schemas';
import { get } from '../../../api/client.ts';
import { useLab } from '../../../lab/lab-store.ts';
import { bytes } from '../../../parts/format.ts';
import { StateChip } from '../../../parts/StateChip.tsx';
import { usePolled } from '../../mesh/data/use-polled.ts';
import { quality, qualityLabel, qualityTone, qualityWord, roundTrip } from '../../mesh/mesh-words.ts';
import { shapeText } from '../../mesh/shape-words.ts';
import { linksOf, measuredOf } from './phone-links.ts';
import { Nothing } from './Section.tsx';

const EVERY_MS = 1_500;

export function PhoneLinks({ serial }: { readonly serial: string }) {
  const all = useLab((data) => data.links);
  const links = useMemo(() => linksOf(all.values(), serial), [all, serial]);
  const { value: map } = usePolled(links.length > 0 ? 'map' : undefined, EVERY_MS, (signal) =>
    get('meshMap', '/mesh/map', { signal }),
  );
  const measured = useMemo(() => measuredOf(map), [map]);
  const navigate = useNavigate();
  if (links.length === 0) return <Nothing>None. Links are added on the Mesh page.</Nothing>;
  return (
    <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {links.map((link) => {
        const other = link.a === serial ? link.b : link.a;
        const seen = measured.get(link.linkId);
        const word = qualityWord(link.state === 'up', seen?.quality);
        return (
          <li key={link.linkId}>
            <ButtonBase
              onClick={() => void navigate(`/fleet/${encodeURIComponent(other)}`)}
              sx={{
                width: 'calc(100% + 12px)',
                font: 'inherit',
                justifyContent: 'flex-start',
                gap: 1,
                py: 0.5,
                px: 0.75,
                mx: -0.75,
                borderRadius: 1,
                fontSize: 12.5,
                textAlign: 'left',
                '&:hover': { bgcolor: 'action.hover' },
                '&.Mui-focusVisible': { outline: 2, outlineColor: 'primary.main' },
              }}
            >
              <Box component="span" sx={{ fontWeight: 550, whiteSpace: 'nowrap' }}>
                {other}
              </Box>
              <Box component="span" sx={{ flex: 1, minWidth: 0, color: 'text.secondary' }}>
                {detailOf(link, seen?.rttMs)}
              </Box>
              <StateChip
                tone={link.state === 'unknown' ? 'off' : qualityTone[word]}
                label={
                  link.state === 'unknown'
                    ? 'Not known'
                    : word === 'down' || word === 'unknown'
                      ? word === 'down'
                        ? 'Down'
                        : 'Up'
                      : quality(seen?.quality)
                }
                title={link.problem?.message ?? qualityLabel[word]}
              />
            </ButtonBase>
          </li>
        );
      })}
    </Box>
  );
}

const detailOf = (link: LinkView, rttMs: number | undefined): string =>
  [
    link.kind,
    ...(rttMs === undefined ? [] : [roundTrip(rttMs)]),
    bytes(link.bytesAtoB + link.bytesBtoA),
    ...(link.shape && shapeText(link.shape) ? [shapeText(link.shape)] : []),
    ...(link.problem ? [link.problem.message] : []),
  ].join(' · ');
