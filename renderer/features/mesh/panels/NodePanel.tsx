// One node: what it is, its links, the routes that it has, and the way of a message from it to another.

import { mdiOpenInNew } from '@mdi/js';
import Autocomplete, { createFilterOptions } from '@mui/material/Autocomplete';
import Button from '@mui/material/Button';
import List from '@mui/material/List';
import ListItemButton from '@mui/material/ListItemButton';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import { get } from '../../../api/client.ts';
import { useLab } from '../../../lab/lab-store.ts';
import { count, percent, thermalWord } from '../../../parts/format.ts';
import { Icon } from '../../../parts/Icon.tsx';
import { StateChip } from '../../../parts/StateChip.tsx';
import { askOf, type MeshSource } from '../data/mesh-source.ts';
import { usePolled } from '../data/use-polled.ts';
import { edgesOf, type Graph, type GraphNode, otherEnd } from '../graph-model.ts';
import { quality, qualityLabel, qualityTone, rate, roundTrip } from '../mesh-words.ts';
import { Facts } from './Facts.tsx';
import { PanelHead } from './PanelHead.tsx';
import { RoutesTable } from './RoutesTable.tsx';

const ROUTES_EVERY_MS = 1_500;
const filterFew = createFilterOptions<string>({ limit: 60 });

export interface NodePanelProps {
  readonly node: GraphNode;
  readonly graph: Graph;
  readonly source: MeshSource;
  readonly to: string | undefined;
  readonly onBack: () => void;
  readonly onEdge: (id: string) => void;
  readonly onTrace: (to: string | undefined) => void;
}

export function NodePanel({ node, graph, source, to, onBack, onEdge, onTrace }: NodePanelProps) {
  const phone = useLab((data) => (source.simulation ? undefined : data.phones.get(node.id)));
  const navigate = useNavigate();
  const { value } = usePolled(`${source.base} routes ${node.id}`, ROUTES_EVERY_MS, (signal) =>
    get('routes', askOf(source, 'routes', { of: node.id }), { signal }),
  );
  const edges = edgesOf(graph, node.id);
  const others = useMemo(
    () => [...graph.nodes.keys()].filter((id) => id !== node.id).sort(),
    [graph.nodes, node.id],
  );
  return (
    <Stack spacing={2} sx={{ p: 2, height: '100%', overflow: 'auto' }}>
      <PanelHead title={node.id} state={<StateChip tone={node.tone} label={node.state} />} onBack={onBack} />
      <Facts
        facts={[
          ...(phone?.model ? ([['Model', phone.model]] as const) : []),
          ...(node.detail ? ([['Profile', node.detail]] as const) : []),
          ...(phone?.batteryPercent === undefined
            ? []
            : ([
                ['Battery', `${percent(phone.batteryPercent)}${phone.charging ? ', charging' : ''}`],
              ] as const)),
          ...(phone?.thermal === undefined ? [] : ([['Heat', thermalWord(phone.thermal)]] as const)),
          ['Links up', String(node.links)],
          ['Routes to', count(node.reaches, source.simulation ? 'node' : 'phone')],
        ]}
      />
      {phone?.problem && <Typography color="error">{phone.problem.message}</Typography>}
      {phone && (
        <Button
          variant="outlined"
          startIcon={<Icon path={mdiOpenInNew} />}
          onClick={() => void navigate(`/fleet/${encodeURIComponent(node.id)}`)}
        >
          Open its page
        </Button>
      )}
      <Autocomplete
        options={others}
        value={to ?? null}
        onChange={(_event, next) => onTrace(next ?? undefined)}
        filterOptions={filterFew}
        size="small"
        renderInput={(params) => <TextField {...params} label="Show the way to" />}
      />
      <section aria-label="Neighbours">
        <Typography variant="h3">Neighbours</Typography>
        {edges.length === 0 && <Typography color="text.secondary">No links.</Typography>}
        <List component="div" dense disablePadding>
          {edges.map((edge) => (
            <ListItemButton
              key={edge.id}
              onClick={() => onEdge(edge.id)}
              sx={{ px: 0.5, gap: 1, borderRadius: 1 }}
            >
              <Typography sx={{ flex: 1, minWidth: 0, fontSize: 13 }} noWrap>
                {otherEnd(edge, node.id)}
              </Typography>
              <Typography sx={{ fontSize: 12 }} color="text.secondary" noWrap>
                {roundTrip(edge.rttMs)} · {rate((edge.rateAtoB ?? 0) + (edge.rateBtoA ?? 0))}
              </Typography>
              <StateChip
                tone={qualityTone[edge.word]}
                label={edge.up ? quality(edge.quality) : 'Down'}
                title={qualityLabel[edge.word]}
              />
            </ListItemButton>
          ))}
        </List>
      </section>
      <RoutesTable routes={value?.routes} to={to} onTrace={onTrace} />
    </Stack>
  );
}
