// One link: how it does, what it carries, its shape, and the scissors.

import { mdiContentCut } from '@mdi/js';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { LinkView } from '#schemas';
import { tell } from '../../../api/client.ts';
import { bytes, count } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { StateChip } from '../../../parts/StateChip.tsx';
import { showDone, showError } from '../../../shell/messages-store.ts';
import type { GraphEdge } from '../graph-model.ts';
import { quality, qualityLabel, qualityTone, rate, roundTrip } from '../mesh-words.ts';
import { Facts } from './Facts.tsx';
import { PanelHead } from './PanelHead.tsx';
import { ShapeForm } from './ShapeForm.tsx';

export interface LinkPanelProps {
  readonly edge: GraphEdge;
  readonly simulated: boolean;
  readonly onBack: () => void;
  readonly onNode: (id: string) => void;
}

export function LinkPanel({ edge, simulated, onBack, onNode }: LinkPanelProps) {
  const { link } = edge;
  return (
    <Stack spacing={2} sx={{ p: 2, height: '100%', overflow: 'auto' }}>
      <PanelHead
        title={edge.id}
        state={<StateChip tone={qualityTone[edge.word]} label={qualityLabel[edge.word]} />}
        onBack={onBack}
      />
      <Facts
        facts={[
          ['State', stateOf(edge)],
          ['Kind', kindOf(edge, simulated)],
          ...(link?.address ? ([['Address', link.address]] as const) : []),
          ['Quality', quality(edge.quality)],
          ['Round trip', roundTrip(edge.rttMs)],
          ['Used by', count(edge.routes, 'route')],
          [`${edge.a} to ${edge.b}`, `${rate(edge.rateAtoB)} · ${bytes(edge.bytesAtoB)} in all`],
          [`${edge.b} to ${edge.a}`, `${rate(edge.rateBtoA)} · ${bytes(edge.bytesBtoA)} in all`],
        ]}
      />
      <Stack direction="row" spacing={1}>
        {[edge.a, edge.b].map((id) => (
          <Button key={id} variant="outlined" onClick={() => onNode(id)} sx={{ flex: 1, minWidth: 0 }}>
            {id}
          </Button>
        ))}
      </Stack>
      {link ? (
        <>
          {link.problem && <Typography color="error">{link.problem.message}</Typography>}
          {link.shape ? (
            <ShapeForm key={JSON.stringify(link.shape)} link={link} now={link.shape} />
          ) : (
            <Typography color="text.secondary">
              A direct link runs over the phones’ own network: it can’t be shaped here.
            </Typography>
          )}
          <CutLink link={link} onCut={onBack} />
        </>
      ) : (
        <Typography color="text.secondary">
          {simulated
            ? 'A simulated link: it can only be looked at.'
            : 'The phones made this link by themselves: the lab host does not carry it, so it can’t be shaped or cut here.'}
        </Typography>
      )}
    </Stack>
  );
}

const stateOf = ({ up, link }: GraphEdge): string =>
  link?.state === 'unknown' ? 'Not known: both phones are out of sight' : up ? 'Up' : 'Down';

function kindOf({ link }: GraphEdge, simulated: boolean): string {
  if (simulated) return 'Simulated';
  if (!link) return 'Between the phones';
  return link.kind === 'direct' ? 'Direct: phone to phone' : 'Bridged: carried by the lab host';
}

function CutLink({ link, onCut }: { readonly link: LinkView; readonly onCut: () => void }) {
  const [busy, setBusy] = useState(false);
  async function cut(): Promise<void> {
    setBusy(true);
    try {
      await tell('DELETE', `/links/${encodeURIComponent(link.linkId)}`);
      showDone(`The link between ${link.a} and ${link.b} is cut`);
      onCut();
    } catch (error) {
      showError(error);
    } finally {
      setBusy(false);
    }
  }
  return (
    <Button
      color="error"
      variant="outlined"
      loading={busy}
      startIcon={<Icon path={mdiContentCut} />}
      onClick={() => void cut()}
    >
      Cut this link
    </Button>
  );
}
