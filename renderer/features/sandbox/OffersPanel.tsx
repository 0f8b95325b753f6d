// What this machine and every phone offer, runtime by runtime, and why not.

import Box from '@mui/material/Box';
import Skeleton from '@mui/material/Skeleton';
import Typography from '@mui/material/Typography';
import { memo, useMemo } from 'react';
import type { SandboxOffer } from '#schemas';
import { count } from '../../parts/format.ts';
import { Panel } from '../../parts/Panel.tsx';
import { StateChip } from '../../parts/StateChip.tsx';
import { PlainTable } from './PlainTable.tsx';
import { useSandbox } from './sandbox-store.ts';
import { knownRuntimes, offerOf, placeName, runtimeName } from './sandbox-words.ts';

export const OffersPanel = memo(function OffersPanel() {
  const offers = useSandbox((data) => data.offers);
  const runtimes = useMemo(() => {
    const others = (offers ?? []).flatMap((offer) => offer.runtimes);
    return [...new Set([...knownRuntimes, ...others])];
  }, [offers]);
  return (
    <Panel
      title="Runtimes offered to services"
      aside={
        <Typography role="status" sx={{ fontSize: 12, color: 'text.secondary' }}>
          {offers ? count(offers.length, 'place') : 'Trying the runtimes of this machine …'}
        </Typography>
      }
    >
      {offers === undefined ? (
        <Skeleton variant="rounded" height={96} />
      ) : (
        <PlainTable
          label="Runtimes by place"
          head={['Place', ...runtimes.map(runtimeName), 'Layers']}
          rows={offers.map((offer) => ({
            key: offer.place,
            cells: [
              <Box key="place" sx={{ minWidth: 96, maxWidth: 220, overflowWrap: 'anywhere' }}>
                {placeName(offer.place)}
              </Box>,
              ...runtimes.map((runtime) => <OfferCell key={runtime} offer={offer} runtime={runtime} />),
              <Layers key="layers" offer={offer} />,
            ],
          }))}
        />
      )}
    </Panel>
  );
});

function OfferCell({ offer, runtime }: { readonly offer: SandboxOffer; readonly runtime: string }) {
  const { tone, word, why } = offerOf(offer, runtime);
  return (
    <Box sx={{ minWidth: 110, maxWidth: 220 }}>
      <StateChip tone={tone} label={word} />
      {why && (
        <Typography sx={{ fontSize: 11.5, color: 'text.secondary', mt: 0.5, overflowWrap: 'anywhere' }}>
          {why}
        </Typography>
      )}
    </Box>
  );
}

function Layers({ offer: { layers } }: { readonly offer: SandboxOffer }) {
  if (layers.length === 0) return <>–</>;
  return (
    <Typography sx={{ fontSize: 11.5, color: 'text.secondary', minWidth: 200 }}>
      {layers.join(', ')}
    </Typography>
  );
}
